package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.model.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        "'1,2,a\n1,3,a'        | ''   | number of classes in column 3 is 1, expected 2 to 1000"
      })
  void whatIsWrongIsNamed(String text, String label, String sentence) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> read(file, label))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": " + sentence);
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = temp.resolve("missing.csv");
    assertThatThrownBy(() -> read(missing, ""))
        .isInstanceOf(InputException.class)
        .hasMessage(missing + ": cannot be read, no such file or folder");
  }
}
