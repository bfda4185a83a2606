package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines, limits and compressed text of tables. */
class CsvRowsTest {

  private static final int TABLES = 300;

  @TempDir Path temp;

  private Path file(String text) throws IOException {
    return Files.writeString(temp.resolve("table.csv"), text);
  }

  private static void read(Path file) {
    CsvFile.dataset(file, "", 0.5, Scaling.NONE, 1);
  }

  /** The line of an offset, as an editor counts: by \n, \r and \r\n. */
  private static int lineOf(String text, int offset) {
    int line = 1;
    for (int at = 0; at < offset; at++) {
      boolean pair = text.charAt(at) == '\r' && text.charAt(at + 1) == '\n';
      line += text.charAt(at) == '\n' || (text.charAt(at) == '\r' && !pair) ? 1 : 0;
    }
    return line;
  }

  /** A field of a random table, quoted or not, with line ends within its quotes or none. */
  private static String field(Random random, String content, String end) {
    return switch (random.nextInt(4)) {
      case 0 -> content;
      case 1 -> '"' + content + '"';
      case 2 -> '"' + content + end + '"';
      default -> '"' + end + content + end + end + '"';
    };
  }

  /** Random tables whose one fault stands on a line that is counted independently. */
  @Test
  void aFaultIsToldByTheLineThatAnEditorShows() throws IOException {
    for (int seed = 0; seed < TABLES; seed++) {
      Random random = new Random(seed);
      String end = new String[] {"\n", "\r\n", "\r"}[random.nextInt(3)];
      boolean labelFirst = random.nextBoolean();
      StringBuilder text = new StringBuilder("u,v,w" + end);
      int rows = 2 + random.nextInt(20);
      int faulty = random.nextInt(rows);
      int fault = 0;
      for (int row = 0; row < rows; row++) {
        String label = field(random, row % 2 == 0 ? "a" : "b", end);
        String number = field(random, String.valueOf(row), end);
        text.append(labelFirst ? label : number).append(',').append(row).append(',');
        fault = row == faulty ? text.length() : fault;
        text.append(row == faulty ? "NA" : "7").append(labelFirst ? "" : "," + label).append(end);
      }
      String table = labelFirst ? text.toString() : text.toString().replaceFirst("w", "w,x");
      fault += table.length() - text.length();
      Path file = file(table);
      int line = lineOf(table, fault);
      assertThatThrownBy(
              () -> CsvFile.dataset(file, labelFirst ? "u" : "x", 0.5, Scaling.NONE, 1),
              "seed %d",
              seed)
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file + ": column w of line " + line + " is NA, ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'u,v\n1,a\n2,b\n\n3,a\n'      | line 4 is empty, expected none before the last row",
        "'u,v\r\n\r\n1,a\r\n2,b\r\n'   | line 2 is empty, expected none before the last row",
        "'u,v\n\"1\n\",a\n \n2,b\n'    | line 4 is empty, expected none before the last row",
        "'u,v\n1,a\n\"2\n\n\",b\n3,\n' | column v of line 6 is '', expected a label",
        "'u,v\n1,\" \n\"\n2,b\n'       | column v of line 2 is '', expected a label",
        "'u,v\n1,a\n2,\"b\n3,a\n'      | line 3 is not comma-separated text, Missing closing quote",
        "'u,v\n1,a\n2,\"b\"c\n3,a\n'   | line 3 is not comma-separated text, Unexpected character",
        "'u,v\n\"1\n\"\n2,b\n'         | number of fields of line 2 is 1, expected 2",
      })
  void aMalformedLineIsTheOneThatIsNamed(String text, String sentence) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": " + sentence);
  }

  @Test
  void longFieldsAndRowsAreRefusedWithoutBeingKept() throws IOException {
    String digits = "1".repeat(Limits.FIELD.count());
    Path file = file("u,v\n1,a\n" + digits + "1,b\n");
    assertThatThrownBy(() -> read(file))
        .hasMessage(
            file
                + ": length of a field of line 3 is more than 10000, expected at most 10000"
                + " characters");
    file("u,v\n1,a\n\"" + "1\n".repeat(20_000_000));
    assertAllocatesLittle(file, ": length of a field of line 3 is more than 10000, expected");
    file("0,".repeat(Limits.COLUMNS.count()) + "a\n");
    assertThatThrownBy(() -> read(file))
        .hasMessage(
            file
                + ": number of fields of line 1 is more than 1000000, expected at most 1000000"
                + " columns");
  }

  private static void assertAllocatesLittle(Path file, String sentence) {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + sentence);
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
  }

  /** What a message repeats of a file does not grow with it. */
  @Test
  void messagesStayShort() throws IOException {
    String name = "n".repeat(9000);
    for (String text :
        new String[] {
          (name + ",").repeat(1000) + name + "\n", name + "," + name + "\n1,\n", name + ",b\nx,a\n"
        }) {
      Path file = file(text);
      assertThatThrownBy(() -> CsvFile.dataset(file, "z", 0.5, Scaling.NONE, 1))
          .isInstanceOf(InputException.class)
          .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(1200));
      assertThatThrownBy(() -> read(file))
          .isInstanceOf(InputException.class)
          .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(1200));
    }
  }

  @Test
  void tooManyDifferentLabelsAreRefused() throws IOException {
    StringBuilder text = new StringBuilder("u,v\n");
    for (int row = 0; row <= Limits.LABELS.value(); row++) {
      text.append("1,l").append(row).append('\n');
    }
    Path file = file(text.toString());
    assertThatThrownBy(() -> read(file))
        .hasMessage(
            file
                + ": number of different labels in column v is 100001, expected at most 100000"
                + " labels");
  }

  /** Rows that are packed a thousandfold. */
  @Test
  void aSmallFileThatUnpacksToAHugeOneIsRefused() throws IOException {
    Path file = temp.resolve("rows.csv.gz");
    byte[] rows = "1,2,0\n1,2,1\n1,1,0\n1,2,1\n".repeat(40_000).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < 100; i++) {
        out.write(rows);
      }
    }
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InputException.class)
        .hasMessageMatching(
            "\\Q"
                + file
                + "\\E: unpacked length of 55\\d+ rows is 335\\d+ bytes, expected at most"
                + " 100 times the \\d+ bytes that they were packed in; if the file is sound, unpack"
                + " it first");
  }

  /** Each empty member takes a level of the stack of the JDK's reader. */
  @Test
  void emptyMembersWithoutEndAreRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new GZIPOutputStream(bytes).close();
    byte[] empty = bytes.toByteArray();
    byte[] table = gzipped("u,v\n1,a\n2,b\n3,a\n4,b\n");
    for (int i = 0; i < 50; i++) {
      bytes.write(empty);
    }
    bytes.write(table);
    Path file = temp.resolve("table.csv.gz");
    Files.write(file, bytes.toByteArray());
    assertThat(CsvFile.dataset(file, "", 0.5, Scaling.NONE, 1).classes()).isEqualTo(2);
    for (int i = 0; i < 100_000; i++) {
      bytes.write(empty);
    }
    Files.write(file, bytes.toByteArray());
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(
            file + ": gzip stream is damaged, the gzip reader says: more than 100 empty members");
  }

  /** A second part that is cut in its header would be left out without a word. */
  @Test
  void whatFollowsAGzipStreamIsRefused() throws IOException {
    Path file = temp.resolve("table.csv.gz");
    byte[] first = gzipped("u,v\n1,a\n2,b\n3,a\n4,b\n");
    byte[] second = gzipped("5,a\n6,b\n");
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(first);
    both.write(second);
    Files.write(file, both.toByteArray());
    Dataset data = CsvFile.dataset(file, "", 0.5, Scaling.NONE, 1);
    assertThat(data.train().rows() + data.test().rows()).isEqualTo(6);
    for (int length = first.length + 1; length < first.length + second.length; length++) {
      Files.write(file, Arrays.copyOf(both.toByteArray(), length));
      assertThatThrownBy(() -> read(file), "cut to %d bytes", length)
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file + ": gzip stream is ");
    }
  }

  /** Numbers of thousands of digits would be ordered for minutes. */
  @Test
  void aLongNumberIsATextWhereItIsALabel() throws IOException {
    StringBuilder text = new StringBuilder("u,v\n");
    for (int row = 0; row < 600; row++) {
      text.append(row).append(',').append(1 + row % 300).append("0".repeat(9000)).append('\n');
    }
    Path file = file(text.toString());
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> read(file));
  }

  private static byte[] gzipped(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
