package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Data and scenarios that were once mishandled, one line each: the input, the command, and the
 * sentence. The exit code is 2, and there is no other line and no wait.
 */
final class HostileDataTest {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static final String ROWS =
      "a,b,label\n"
          + IntStream.range(0, 60)
              .mapToObj(i -> i + "," + 3 * i + "," + i % 3 + "\n")
              .collect(Collectors.joining());

  private static final String SCENARIO =
      "{\"schema\": 1, \"data\": \"digits\", \"hidden\": %s, \"activation\": \"tanh\","
          + " \"initialization\": \"glorot-uniform\", \"learning-rate\": \"0.1\", \"batch\": 33,"
          + " \"steps\": 3, \"seed\": 1}";

  @RegisterExtension final Console console = new Console();

  @TempDir Path folder;

  private byte[] content(String name) throws IOException {
    return switch (name) {
      case "na.csv" -> (ROWS + "1,NA,2\n").getBytes(UTF_8);
      case "hex.csv" -> (ROWS + "1,0x10,2\n").getBytes(UTF_8);
      case "missing.csv" -> (ROWS + "1,,2\n").getBytes(UTF_8);
      case "ragged-short.csv" -> (ROWS + "1,2\n").getBytes(UTF_8);
      case "missing-label.csv" -> (ROWS + "1,2,\n").getBytes(UTF_8);
      case "blank-lines.csv" -> (ROWS.replaceFirst("\n", "\n\n") + "\n\n").getBytes(UTF_8);
      case "latin1.csv" -> ROWS.replace(",0\n", ",caf\u00e9\n").getBytes(ISO_8859_1);
      case "cut-gz.csv" -> Arrays.copyOf(gzipped(ROWS.getBytes(UTF_8)), 100);
      case "rows.csv.gz" -> gzipped((ROWS + "1,2,0\n".repeat(7_000_000)).getBytes(UTF_8));
      case "blanks.npz" -> blanks();
      case "many.json" -> scenario(Collections.nCopies(100_000, 1));
      case "hidden-huge.json" -> scenario(List.of(2147483647));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static byte[] scenario(List<Integer> hidden) {
    return SCENARIO.replace("%s", hidden.toString()).getBytes(UTF_8);
  }

  private static byte[] gzipped(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] blanks() throws IOException {
    String text = "{" + " ".repeat(30_000) + "'a'" + " ".repeat(30_000) + "}\n";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(
          ByteBuffer.allocate(10 + text.length())
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
              .putShort((short) text.length())
              .put(text.getBytes(UTF_8))
              .array());
    }
    return bytes.toByteArray();
  }

  private int run(String... arguments) {
    console.clear();
    return assertTimeoutPreemptively(LIMIT, () -> Lockstep.run(arguments));
  }

  private int train(String flag, String value) {
    return run("train", "--hidden", "4", "--steps", "2", "--batch", "3", flag, value);
  }

  private void assertRefused(int code, String sentence) {
    assertThat(console.complained()).hasLineCount(1).startsWith("lockstep: ").contains(sentence);
    assertThat(console.complained().length()).isLessThan(1200);
    assertThat(code).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "csv | na.csv            | column b of line 62 is NA, expected a number",
        "csv | hex.csv           | column b of line 62 is 0x10, expected a number",
        "csv | missing.csv       | column b of line 62 is '', expected a number",
        "csv | ragged-short.csv  | number of fields of line 62 is 2, expected 3",
        "csv | missing-label.csv | column label of line 62 is '', expected a label",
        "csv | blank-lines.csv   | line 2 is empty, expected none before the last row",
        "csv | latin1.csv        | line 2 is not UTF-8, expected text in that encoding",
        "csv | cut-gz.csv        | gzip stream is cut short, expected its end mark and checksum",
        "csv | rows.csv.gz       | expected at most 100 times the",
        "npz | blanks.npz        | header length of array 'x' is 60006, expected at most 10000",
      })
  void damagedDataAreRefused(String kind, String name, String sentence) throws IOException {
    Path file = Files.write(folder.resolve(name), content(name));
    int code = train("--data", kind + ":" + file);
    assertRefused(code, sentence);
    assertThat(console.complained()).startsWith("lockstep: " + file + ": ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "many.json        | number of hidden layers is 100000, expected at most 1000 layers",
        "hidden-huge.json | hidden is 2147483647, expected at most 16777216 units",
      })
  void scenariosWithoutMeasureAreRefused(String name, String sentence) throws IOException {
    Path file = Files.write(folder.resolve(name), content(name));
    assertRefused(run("train", "--scenario", file.toString()), file + ": " + sentence);
  }

  @Test
  void whatIsNoRegularFileIsRefusedAtOnce() throws Exception {
    Path pipe = folder.resolve("train-images-idx3-ubyte");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String refusal = pipe + ": file is a pipe, expected a regular file";

    assertRefused(train("--data", "idx:" + folder), refusal);
    assertRefused(train("--data", "csv:" + pipe), refusal);
    assertRefused(train("--data", "npz:" + pipe), refusal);
    assertRefused(train("--init", "npz:" + pipe), refusal);
    assertRefused(run("train", "--scenario", pipe.toString()), refusal);
    assertRefused(run("inspect", pipe.toString()), refusal);
    assertRefused(
        train("--data", "csv:/dev/urandom"),
        "/dev/urandom: file is a device, expected a regular file");
  }

  /** Images of 2 GiB by their header. */
  @Test
  void imagesThatDoNotFitTheMemoryAreRefused() throws IOException {
    Path images = folder.resolve("train-images-idx3-ubyte.gz");
    ByteBuffer header = ByteBuffer.allocate(16).putInt(0x803).putInt(2_147_483).putInt(1000);
    Files.write(images, gzipped(header.putInt(1).array()));

    assertRefused(train("--data", "idx:" + folder), images + ": size is 2147483 x 1000 x 1, ");
  }

  /** What data without a feature cannot show is not shown; nothing differs. */
  @Test
  void featuresOfZeroAreNoFalseAlarm() throws IOException {
    String zeros =
        IntStream.range(0, 60)
            .mapToObj(i -> "0,0," + i % 3 + "\n")
            .collect(Collectors.joining("", "a,b,label\n", ""));
    for (Map.Entry<String, String> data :
        Map.of(
                "zeros.csv", zeros,
                "negative.csv", zeros.replace("0,0,", "-0,0,"),
                "equal.csv", zeros.replace("0,0,", "5,-3,"),
                "tiny.csv", zeros.replace("0,0,", "1e-45,1e-40,"))
            .entrySet()) {
      Path file = Files.writeString(folder.resolve(data.getKey()), data.getValue());
      int code =
          run(
              "check",
              "--data",
              "csv:" + file,
              "--backends",
              "scalar,vector,double",
              "--width",
              "7",
              "--batch",
              "3",
              "--depth",
              "2",
              "--steps",
              "20");
      assertThat(code).isEqualTo(1);
      assertThat(console.printed())
          .contains("Verdict: INCONCLUSIVE")
          .doesNotContain("DIFFERS", "FAILED");
    }
  }
}
