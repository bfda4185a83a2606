package dev.lockstep.bench;

import static dev.lockstep.file.SafetensorsBytes.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import dev.lockstep.file.SafetensorsBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep inspect} from flags to exit code, in this JVM. */
class InspectCommandTest {

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("weights.bin");
  }

  private JsonNode inspect(String... flags) throws IOException {
    Path json = folder.resolve("report.json");
    String[] arguments = new String[flags.length + 4];
    arguments[0] = "inspect";
    arguments[1] = file.toString();
    arguments[2] = "--json";
    arguments[3] = json.toString();
    System.arraycopy(flags, 0, arguments, 4, flags.length);
    assertThat(Lockstep.run(arguments)).as(console.complained()).isZero();
    return JsonMapper.shared().readTree(Files.readAllBytes(json));
  }

  private void assertRefused(String problem) {
    assertThat(Lockstep.run("inspect", file.toString())).isEqualTo(2);
    assertThat(console.printed()).isEmpty();
    assertThat(console.complained())
        .startsWith("lockstep: " + file + ": " + problem)
        .hasLineCount(1);
  }

  private static JsonNode axis(JsonNode report, int weight, int axis) {
    return report.get("weights").get(weight).get("axes").get(axis);
  }

  /** Rows 0 and 3 are equal, row 1 is dead, row 2 is twice row 0; all columns differ. */
  private static final float[] MIXED = {1, 2, 3, 0, 0, 0, 2, 4, 6, 1, 2, 3};

  @Test
  void countsClassesOfRowsAndColumns() throws IOException {
    Files.write(file, SafetensorsBytes.file("fc.weight", "[4,3]", MIXED));
    JsonNode report = inspect();
    JsonNode rows = axis(report, 0, 0);
    assertThat(rows.get("units-are").asString()).isEqualTo("rows");
    assertThat(rows.get("units").asInt()).isEqualTo(4);
    assertThat(rows.get("classes").asInt()).isEqualTo(3);
    assertThat(rows.get("equal-units").toString()).isEqualTo("[[0,3]]");
    assertThat(rows.get("dead-units").toString()).isEqualTo("[1]");
    assertThat(rows.get("near-duplicates").get("units").asInt()).isEqualTo(3);
    assertThat(rows.get("near-duplicates").get("example").toString()).isEqualTo("[0,2]");
    JsonNode columns = axis(report, 0, 1);
    assertThat(columns.get("classes").asInt()).isEqualTo(3);
    assertThat(columns.get("near-duplicates").get("units").asInt()).isEqualTo(3);
    assertThat(report.get("verdict").asString()).isEqualTo("SOME_EQUAL");
    assertThat(console.printed())
        .contains("fc.weight  0 rows     F32   4x3        4        3     1     3")
        .contains("Verdict: SOME EQUAL. Some units are equal: 2 of 4 rows of fc.weight, such as 0")
        .contains("Dead: 1 of 4 rows of fc.weight.");
  }

  /** Two output channels, three input channels, kernels of 1 x 2: (o, i, k) at 6 o + 2 i + k. */
  @Test
  void countsClassesOfChannels() throws IOException {
    Files.write(
        file,
        SafetensorsBytes.file("conv.weight", "[2,3,1,2]", 1, 2, 0, 0, 1, 2, 5, 6, 0, 0, 5, 6));
    JsonNode report = inspect();
    JsonNode out = axis(report, 0, 0);
    assertThat(out.get("units-are").asString()).isEqualTo("out channels");
    assertThat(out.get("units").asInt()).isEqualTo(2);
    assertThat(out.get("classes").asInt()).isEqualTo(2);
    assertThat(out.get("dead-units").toString()).isEqualTo("[]");
    JsonNode in = axis(report, 0, 1);
    assertThat(in.get("units-are").asString()).isEqualTo("in channels");
    assertThat(in.get("equal-units").toString()).isEqualTo("[[0,2]]");
    assertThat(in.get("dead-units").toString()).isEqualTo("[1]");
    assertThat(console.printed()).contains("0 out channels").contains("1 in channels");
  }

  @Test
  void unitsThatStartedEqualAreInLockstep() throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("W1", new NpyArray.Doubles(new int[] {2, 3}, new double[] {7, 7, 7, -1, -1, -1}));
    arrays.put("b1", new NpyArray.Doubles(new int[] {3}, new double[] {0, 0, 0}));
    NpzFile.write(file, arrays);
    JsonNode report = inspect();
    assertThat(report.get("format").asString()).isEqualTo("npz");
    assertThat(report.get("verdict").asString()).isEqualTo("LOCKSTEP");
    // The rows are one number three times: they have no direction.
    assertThat(axis(report, 0, 0).get("near-duplicates").isNull()).isTrue();
    assertThat(report.get("skipped").get(0).get("name").asString()).isEqualTo("b1");
    assertThat(console.printed())
        .contains("skipped     b1 (<f8): fewer than two dimensions")
        .endsWith("Verdict: LOCKSTEP. All units are equal: 3 columns of W1.\n");
  }

  @Test
  void bitsDecide() throws IOException {
    float nan = Float.intBitsToFloat(0xffc12345);
    Files.write(file, SafetensorsBytes.file("w", "[4,2]", 0f, 1, -0f, 1, Float.NaN, 1, nan, 1));
    JsonNode rows = axis(inspect(), 0, 0);
    assertThat(rows.get("equal-units").toString()).isEqualTo("[[2,3]]");
    assertThat(rows.get("classes").asInt()).isEqualTo(3);
    assertThat(rows.get("classes-by-value").asInt()).isEqualTo(2);
    assertThat(rows.get("units-not-finite").asInt()).isEqualTo(2);
    assertThat(rows.get("near-duplicates").get("example").toString()).isEqualTo("[0,1]");
    assertThat(console.printed())
        .contains("rows of w are 2 classes if -0 counts as +0")
        .contains("2 of 4 rows of w hold NaN or infinity");
  }

  @Test
  void theLimitOfNearDuplicatesIsAFlag() throws IOException {
    Files.write(file, SafetensorsBytes.file("w", "[2,2]", 1, 0, 1, 0.1f));
    assertThat(inspect().get("verdict").asString()).isEqualTo("ALL_DIFFER");
    assertThat(console.printed().replace('\n', ' '))
        .contains("No two units are equal, and none nearly so (cosine above 0.9999).");
    assertThat(inspect("--near", "0.99").get("verdict").asString()).isEqualTo("NEARLY_EQUAL");
    for (String wrong : List.of("1.5", "-0.1", "NaN")) {
      console.clear();
      assertThat(Lockstep.run("inspect", file.toString(), "--near", wrong)).isEqualTo(2);
      assertThat(console.complained())
          .isEqualTo("lockstep: --near: cosine is " + wrong + ", expected a number from 0 to 1\n");
    }
  }

  @Test
  void aUnitOfOneNumberIsNoNearDuplicate() throws IOException {
    Files.write(file, SafetensorsBytes.file("w", "[1,4]", 1, 2, 3, 2));
    JsonNode report = inspect();
    assertThat(report.get("verdict").asString()).isEqualTo("SOME_EQUAL");
    assertThat(axis(report, 0, 1).get("equal-units").toString()).isEqualTo("[[1,3]]");
    assertThat(axis(report, 0, 1).get("near-duplicates").isNull()).isTrue();
    assertThat(axis(report, 0, 0).get("finding").asString()).isEqualTo("ALL_DIFFER");
  }

  /** Dead units are equal, but none of them is a unit that is still equal to another. */
  @Test
  void deadUnitsAreNotCalledEqual() throws IOException {
    Files.write(file, SafetensorsBytes.file("w", "[4,2]", 0, -0f, 0, -0f, 1, 2, 3, -1));
    JsonNode report = inspect();
    assertThat(report.get("verdict").asString()).isEqualTo("ALL_DIFFER");
    assertThat(axis(report, 0, 0).get("dead-units").toString()).isEqualTo("[0,1]");
    assertThat(console.printed()).contains("Dead: 2 of 4 rows of w.");
  }

  @Test
  void namesWhatItSkips() throws IOException {
    String header =
        "{"
            + String.join(
                ",",
                entry("ids", "I64", "[1,1]", 0, 8),
                entry("six", "F32", "[1,1,1,1,1,1]", 8, 12),
                entry("none", "F32", "[0,4]", 12, 12),
                entry("\\u001b[31m", "F32", "[1]", 12, 16))
            + "}";
    Files.write(file, SafetensorsBytes.file(header, new byte[16]));
    JsonNode report = inspect();
    assertThat(report.get("verdict").asString()).isEqualTo("NO_WEIGHTS");
    assertThat(report.get("skipped")).hasSize(4);
    assertThat(console.printed().replaceAll("\\s+", " "))
        .contains("ids (I64): not of a floating-point type that is read")
        .contains("six (F32): more than five dimensions")
        .contains("none (F32): no values")
        .contains("\\u001b[31m (F32): fewer than two dimensions")
        .contains("Verdict: NO WEIGHTS.");
  }

  private void writeZip(String... names) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(1);
      }
    }
  }

  @Test
  void refusesAPickleWhateverItsName() throws IOException {
    file = folder.resolve("model.safetensors");
    writeZip("model/data.pkl", "model/version", "model/data/0");
    assertRefused(
        "content is a PyTorch archive with the pickle 'model/data.pkl', whose pickled objects can"
            + " run any code and are never loaded; convert it in Python:"
            + " safetensors.torch.save_file(");
    console.clear();
    file = folder.resolve("model.npz");
    // The magic number of PyTorch's older files, in pickle protocol 2.
    Files.write(
        file,
        "\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019."
            .getBytes(StandardCharsets.ISO_8859_1));
    assertRefused("content is a pickle, as older versions of PyTorch write it, whose pickled");
  }

  @Test
  void readsWhatIsInAPtFileIfItIsNoPickle() throws IOException {
    file = folder.resolve("model.pt");
    Files.write(file, SafetensorsBytes.file("w", "[4,3]", MIXED));
    assertThat(inspect().get("format").asString()).isEqualTo("safetensors");
    file = folder.resolve("model.pth");
    NpzFile.write(file, Map.of("w", new NpyArray.Floats(new int[] {4, 3}, MIXED)));
    assertThat(inspect().get("format").asString()).isEqualTo("npz");
  }

  @Test
  void refusesOtherContent() throws IOException {
    assertRefused("cannot be read, no such file or folder");
    console.clear();
    Files.write(file, new byte[0]);
    assertRefused("content is empty, expected a .npz or a .safetensors file");
    console.clear();
    Files.writeString(file, "\u0089HDF\r\n", StandardCharsets.ISO_8859_1);
    assertRefused("content is unknown, beginning with 894844460d0a, expected a .npz or");
    console.clear();
    Files.writeString(file, "\u0093NUMPY\1\0v\0{'descr'", StandardCharsets.ISO_8859_1);
    assertRefused("content is a single .npy array, expected named ones; write them with");
    console.clear();
    writeZip("readme.txt");
    assertRefused("entry name is 'readme.txt', expected *.npy");
    console.clear();
    Files.writeString(file, "PK\3\4 and nothing else");
    assertRefused("content is not an intact zip archive, the zip reader says: ");
    console.clear();
    Files.write(file, SafetensorsBytes.file(Long.MAX_VALUE, "{}", new byte[0]));
    assertRefused("header length is 9223372036854775807, expected at most 100000000");
    console.clear();
    file = folder;
    assertRefused("file is a folder, expected a regular file");
  }

  /** A file of 16 GiB, which takes no room on the disk. The heap of the tests is far smaller. */
  @Test
  void asksForMemoryBeforeItReads() throws IOException {
    long length = 2L * 1_073_741_819 * Double.BYTES;
    String header = "{" + entry("w", "F64", "[1073741819,2]", 0, length) + "}";
    Files.write(file, SafetensorsBytes.file(header, new byte[0]));
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8 + header.length() + length);
    }
    assertRefused(
        "shape of tensor 'w' is [1073741819, 2], expected one that fits the memory: it needs");
  }

  @Test
  void tellsOfATensorThatNoArrayHolds() throws IOException {
    String header = "{" + entry("w", "BF16", "[65536,65536]", 0, 1L << 33) + "}";
    Files.write(file, SafetensorsBytes.file(header, new byte[0]));
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8 + header.length() + (1L << 33));
    }
    assertThat(inspect().get("skipped").get(0).get("reason").asString())
        .isEqualTo("more than 2^31 values");
  }

  @Test
  void neverReplacesTheWeights() throws IOException {
    byte[] content = SafetensorsBytes.file("w", "[4,3]", MIXED);
    Files.write(file, content);
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);
    assertThat(Lockstep.run("inspect", file.toString(), "--json", link.toString())).isEqualTo(2);
    assertThat(console.complained())
        .isEqualTo(
            "lockstep: --json: file is "
                + link
                + ", which holds the weights; choose another one\n");
    assertThat(file).hasBinaryContent(content);
  }

  @Test
  void writesNothingIfTheFileIsWrong() throws IOException {
    Files.writeString(file, "nonsense");
    Path json = folder.resolve("report.json");
    assertThat(Lockstep.run("inspect", file.toString(), "--json", json.toString())).isEqualTo(2);
    assertThat(json).doesNotExist();
    assertThat(Lockstep.run("inspect", file.toString(), "--json", folder + "/no/report.json"))
        .isEqualTo(2);
    assertThat(Lockstep.run("inspect", "")).isEqualTo(2);
    assertThat(console.complained())
        .contains("lockstep: FILE: path is '', expected that of a file");
  }
}
