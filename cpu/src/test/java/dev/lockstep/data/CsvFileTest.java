package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CsvFileTest {

  private static final long SEED = 7;

  @TempDir Path temp;

  private Path file(String text) throws IOException {
    return Files.writeString(temp.resolve("table.csv"), text);
  }

  private static Dataset read(Path file, String label) {
    return CsvFile.dataset(file, label, 0.5, Scaling.NONE, SEED);
  }

  /** Rows 0 to n - 1 with the features (row, row + 1/4) and one of three labels. */
  private static String rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> i + "," + i + ".25," + (i % 3 == 0 ? "b" : i % 3 == 1 ? "a" : "c, \"d\""))
        .map(line -> line.replace("c, \"d\"", "\"c, \"\"d\"\"\""))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void rowsAreSplitByTheSeedAndStayInTheirOrder() throws IOException {
    Path file = file(rows(250));
    Dataset data = CsvFile.dataset(file, "", 0.2, Scaling.NONE, SEED);

    assertThat(data.inputs()).isEqualTo(2);
    assertThat(data.classes()).isEqualTo(3);
    assertThat(data.train().rows()).isEqualTo(200);
    assertThat(data.test().rows()).isEqualTo(50);
    int next = -1;
    boolean[] seen = new boolean[250];
    for (Examples part : new Examples[] {data.train(), data.test()}) {
      next = -1;
      for (int i = 0; i < part.rows(); i++) {
        int row = (int) part.features()[2 * i];
        assertThat(row).isGreaterThan(next);
        assertThat(part.features()[2 * i + 1]).isEqualTo(row + 0.25f);
        // Classes by their texts: a, b, and c.
        assertThat(part.labels()[i]).isEqualTo(row % 3 == 0 ? 1 : row % 3 == 1 ? 0 : 2);
        seen[row] = true;
        next = row;
      }
    }
    assertThat(seen).doesNotContain(false);
    assertThat(CsvFile.dataset(file, "", 0.2, Scaling.NONE, SEED).test().features())
        .isEqualTo(data.test().features());
    assertThat(CsvFile.dataset(file, "", 0.2, Scaling.NONE, SEED + 1).test().features())
        .isNotEqualTo(data.test().features());
  }

  @Test
  void theLabelColumnIsNamedOrNumbered() throws IOException {
    String text = "kind,size\n10,1.5\n9,2.5\n10,3.5\n9,-4e-1\n";
    Dataset named = read(file(text), "kind");
    assertThat(named.inputs()).isEqualTo(1);
    // Whole numbers by their value: 9 is class 0, 10 class 1.
    Examples train = named.train();
    for (int i = 0; i < train.rows(); i++) {
      boolean nine = train.features()[i] == 2.5f || train.features()[i] == -0.4f;
      assertThat(train.labels()[i]).isEqualTo(nine ? 0 : 1);
    }
    assertThat(read(file(text), "1").train().features()).isEqualTo(train.features());
    assertThat(read(file(text.substring(text.indexOf('\n') + 1)), "1").train().features())
        .isEqualTo(train.features());
  }

  @Test
  void zippedItIsTheSame() throws IOException {
    Path plain = file(rows(33));
    Path zipped = temp.resolve("table.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(rows(33).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(read(zipped, "").train().features()).isEqualTo(read(plain, "").train().features());
  }

  @Test
  void scalingIsByTheTrainingRows() throws IOException {
    Path file = file(rows(250).replace(",0.25,", ",7,"));
    Examples raw = CsvFile.dataset(file, "", 0.2, Scaling.NONE, SEED).train();
    double least = raw.features()[0];
    double largest = raw.features()[2 * raw.rows() - 2];
    Dataset minmax = CsvFile.dataset(file, "", 0.2, Scaling.MINMAX, SEED);
    for (int i = 0; i < raw.rows(); i++) {
      assertThat(minmax.train().features()[2 * i])
          .isEqualTo((float) ((raw.features()[2 * i] - least) / (largest - least)));
    }
    Dataset standard = CsvFile.dataset(file, "", 0.2, Scaling.STANDARD, SEED);
    for (int feature = 0; feature < 2; feature++) {
      double sum = 0;
      double squares = 0;
      for (int i = feature; i < 2 * raw.rows(); i += 2) {
        sum += standard.train().features()[i];
        squares += Math.pow(standard.train().features()[i], 2);
      }
      assertThat(sum / raw.rows()).isCloseTo(0, Offset.offset(1e-6));
      assertThat(squares / raw.rows()).isCloseTo(1, Offset.offset(1e-6));
    }
    assertThat(standard.test().features()).hasSize(100);
  }

  @Test
  void aFeatureOfOneValueBecomesZero() throws IOException {
    Path file = file("0.1,1,a\n0.1,2,b\n0.1,3,a\n0.1,4,b\n");
    for (Scaling scaling : new Scaling[] {Scaling.MINMAX, Scaling.STANDARD}) {
      Dataset data = CsvFile.dataset(file, "", 0.5, scaling, SEED);
      assertThat(data.train().features()[0]).isZero();
      assertThat(data.test().features()[0]).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                    | ''   | number of rows is 0, expected at least 2",
        "'1,a'                 | ''   | number of rows is 1, expected at least 2",
        "'1\n2'                | ''   | number of columns is 1, expected at least 2",
        "'1,2,a\n1,b'          | ''   | number of fields of line 2 is 2, expected 3",
        "'1,2,a\n1,2,b,c'      | ''   | number of fields of line 2 is 4, expected 3",
        "'1,2,a\n1,x,b'        | ''   | column 2 of line 2 is x, expected a number that is finite",
        "'1,2,a\n1,,b'         | ''   | column 2 of line 2 is '', expected a number",
        "'1,2,a\n1,NaN,b'      | ''   | column 2 of line 2 is NaN, expected a number",
        "'1,2,a\n1,1e39,b'     | ''   | column 2 of line 2 is 1e39, expected a number",
        "'1,2,a\n1,0x1p3,b'    | ''   | column 2 of line 2 is 0x1p3, expected a number",
        "'u,v,w\n1,2,a\n1,x,b' | ''   | column v of line 3 is x, expected a number",
        "'u,v,w\n1,2,a\n1,3,b' | z    | label column is z, expected one of u, v, w",
        "'u,v,w\n1,2,a\n1,3,b' | 4    | label column is 4, expected one of u, v, w",
        "'1,2,a\n1,3,a'        | ''   | number of classes in column 3 is 1, expected 2 to 1000",
        "'1,2,a\n1,3,b\n1,2,c' | ''   | number of classes in column 3 is 3, as many as rows",
        "'1,2,1\n1,3,2.5'      | ''   | a label in column 3 is 2.5, expected a whole number or a",
        "'1,NA,a\n1,3,b'       | ''   | column 2 of line 1 is NA, expected a number",
        "'u,v,w\n1,2,a\n1,3,'  | ''   | column w of line 3 is '', expected a label",
        "'u,v,w\n1,2,a\n1,3,?' | ''   | column w of line 3 is ?, expected a label",
        "'w,v\na,1\nb,2'       | ''   | column w of line 2 is a, expected a number that is finite"
            + " in binary32; if it is the label of the row, say ?label=w",
        "'1,2,a\n\n1,3,b'      | ''   | line 2 is empty, expected none before the last row",
        "'1,2,a\n1,\"\n\",b'    | ''   | column 2 of line 2 is '', expected a number",
        "'1,\"2\n\",a\n1,x,b'  | ''   | column 2 of line 3 is x, expected a number",
        "'1 2 a\n1 3 b'        | ''   | number of columns is 1, expected at least 2, separated by",
        "'5,1;2;a\n4;2,5;b'    | ''   | column 1 of line 1 is 5,1, expected a number that is"
            + " finite in binary32, with a decimal point: 5.1"
      })
  void whatIsWrongIsNamed(String text, String label, String sentence) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> read(file, label))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": " + sentence);
  }

  /** Of three classes, in all the forms that people keep it in. */
  private static final String TABLE =
      "long,wide,kind\n5.1,3.5,a\n7,3.2,b\n6.3,3.3,c\n4.9,3,a\n6.4,3.2,b\n5.8,2.7,c\n";

  static Stream<Arguments> forms() {
    String bare = TABLE.substring(TABLE.indexOf('\n') + 1);
    return Stream.of(
        Arguments.of("semicolons", TABLE.replace(',', ';'), ""),
        Arguments.of("tabs", TABLE.replace(',', '\t'), ""),
        Arguments.of("quotes", TABLE.replaceAll("[^,\n]+", "\"$0\""), ""),
        Arguments.of("carriage returns", TABLE.replace("\n", "\r\n"), ""),
        Arguments.of("carriage returns alone", TABLE.replace('\n', '\r'), ""),
        Arguments.of("byte order mark", "\ufeff" + TABLE, ""),
        Arguments.of("byte order mark, no header", "\ufeff" + bare, ""),
        Arguments.of("empty lines at the end", TABLE + "\n\r\n \n", ""),
        Arguments.of("no last line feed", TABLE.strip(), ""),
        Arguments.of("no header", bare, ""),
        Arguments.of("named label", TABLE, "kind"),
        Arguments.of("columns counted from 0", "0,1,2\n" + bare, ""),
        Arguments.of("columns counted, label named", "1,2,kind\n" + bare, ""),
        Arguments.of("columns counted, label named by the flag", "0,1,kind\n" + bare, "kind"),
        Arguments.of("label first", swapped(TABLE), "kind"),
        Arguments.of("label first, no header", swapped(bare), "1"),
        Arguments.of("numbers", bare.replace('a', '1').replace('b', '2').replace('c', '3'), ""),
        Arguments.of(
            "numbers with a point",
            bare.replace("a", "1.0").replace("b", "2").replace("c", "3.00e+00"),
            ""),
        Arguments.of(
            "one number in two forms",
            bare.replaceFirst("a", "1.0").replace("a", "1").replace("b", "2").replace("c", "3"),
            ""));
  }

  private static String swapped(String table) {
    return table.replaceAll("(?m)^(.*),([^,\n]+)$", "$2,$1");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forms")
  void theSameTableInAnotherFormIsTheSame(String form, String text, String label)
      throws IOException {
    Dataset plain = read(file(TABLE), "");
    assertThat(plain.inputs()).isEqualTo(2);
    assertThat(plain.classes()).isEqualTo(3);
    assertThat(plain.train().rows() + plain.test().rows()).isEqualTo(6);
    Dataset data = read(file(text), label);
    assertThat(data.classes()).isEqualTo(3);
    assertThat(data.train().features()).isEqualTo(plain.train().features());
    assertThat(data.train().labels()).isEqualTo(plain.train().labels());
    assertThat(data.test().features()).isEqualTo(plain.test().features());
    assertThat(data.test().labels()).isEqualTo(plain.test().labels());
  }

  /** A row may look like a header that counts columns. */
  @Test
  void aRowIsNotTakenForAHeader() throws IOException {
    for (String text :
        new String[] {"0,1,a\n5,1,b\n5,2,a\n", "0,1,a\n5,1,b\n", "1,2,0\n5,1,1\n5,2,1\n"}) {
      Dataset data = read(file(text), "");
      assertThat(data.train().rows() + data.test().rows()).isEqualTo((int) text.lines().count());
    }
  }

  @Test
  void aByteThatIsNoUtf8IsToldByItsLine() throws IOException {
    String table = "u,v\r\n" + "1,a\r\n2,b\r\n".repeat(3000);
    byte[] bytes = (table + "3,caf\u00e9\n4,b\n").getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(temp.resolve("table.csv"), bytes);
    assertThatThrownBy(() -> read(file, ""))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": line 6002 is not UTF-8, expected text in that encoding");
  }

  @Test
  void aGzipStreamThatIsCutOffOrDamagedIsRefused() throws IOException {
    Path zipped = temp.resolve("table.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(rows(3000).getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = Files.readAllBytes(zipped);
    for (int length : new int[] {3, 12, whole.length / 2, whole.length - 4}) {
      Files.write(zipped, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> read(zipped, ""))
          .isInstanceOf(InputException.class)
          .hasMessage(zipped + ": gzip stream is cut short, expected its end mark and checksum");
    }
    byte[] damaged = whole.clone();
    damaged[damaged.length - 6] ^= 1;
    Files.write(zipped, damaged);
    assertThatThrownBy(() -> read(zipped, ""))
        .isInstanceOf(InputException.class)
        .hasMessage(
            zipped + ": gzip stream is damaged, the gzip reader says: Corrupt GZIP trailer");
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = temp.resolve("missing.csv");
    assertThatThrownBy(() -> read(missing, ""))
        .isInstanceOf(InputException.class)
        .hasMessage(missing + ": cannot be read, no such file or folder");
  }
}
