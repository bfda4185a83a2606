package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep tolerance} from flags to exit code, in this JVM. */
final class ToleranceCommandTest {
  private static final Pattern CALL = Pattern.compile("rtol=(\\S+), atol=(\\S+)\\)");

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("operands.npz");
  }

  private JsonNode tolerance(String flags) throws IOException {
    Path json = folder.resolve("tolerance.json");
    List<String> words = new ArrayList<>(List.of(("tolerance " + flags).split(" ")));
    words.addAll(List.of("--json", json.toString()));
    assertThat(Lockstep.run(words.toArray(String[]::new))).as(console.complained()).isZero();
    return JsonMapper.shared().readTree(Files.readAllBytes(json));
  }

  private static NpyArray.Floats matrix(int rows, int columns, float... values) {
    return new NpyArray.Floats(new int[] {rows, columns}, values);
  }

  private static float[] normal(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The printed numbers are those of the JSON, rounded up so that they still hold. */
  @ParameterizedTest
  @CsvSource({
    "--shape 64x1024x1024, statistics",
    "--shape 64x1024x1024 --precision tf32, statistics",
    "--shape 7x5x64 --precision bf16 --operands random, statistics",
    "--shape 2x3x1, bound",
    "--shape 64x1024x1024 --operands equal, bound"
  })
  void printsTheStrictestToleranceRoundedUp(String flags, String which) throws IOException {
    JsonNode json = tolerance(flags);
    Matcher call = CALL.matcher(console.printed());
    for (String library : List.of("numpy", "torch")) {
      assertThat(call.find()).as(library).isTrue();
      for (int i = 1; i <= 2; i++) {
        double exact = json.path(which).path(i == 1 ? "rtol" : "atol").asDouble();
        assertThat(Double.parseDouble(call.group(i))).isBetween(exact, exact * 1.01);
      }
    }
    assertThat(console.printed()).contains("numpy.testing", "torch.testing");
  }

  /** A sound product of the file's operands is within both tolerances, and a bad one of none. */
  @Test
  void tolerancesOfAFileHoldForItsProduct() throws IOException {
    int m = 9;
    int n = 7;
    int k = 300;
    float[] a = normal(m * k, 1);
    float[] b = normal(k * n, 2);
    NpzFile.write(file, Map.of("A", matrix(m, k, a), "B", matrix(k, n, b)));
    JsonNode json = tolerance("--operands " + file);
    assertThat(json.get("shape").asString()).isEqualTo("9x7x300");
    for (String which : List.of("bound", "statistics")) {
      JsonNode tolerance = json.get(which);
      double seen = tolerance.get("smallest-error-of-one").asDouble();
      int refused = 0;
      double[] magnitudes = new double[m * n];
      for (int i = 0; i < m * n; i++) {
        double exact = 0;
        float sum = 0;
        for (int t = 0; t < k; t++) {
          exact += (double) a[i / n * k + t] * b[t * n + i % n];
          sum = Math.fma(a[i / n * k + t], b[t * n + i % n], sum);
        }
        double allowed =
            tolerance.get("atol").asDouble() + tolerance.get("rtol").asDouble() * Math.abs(exact);
        assertThat(Math.abs(sum - exact)).isLessThanOrEqualTo(allowed);
        refused += Math.abs(exact) * 2 * seen > allowed ? 1 : 0;
        magnitudes[i] = Math.abs(exact);
      }
      assertThat(refused).isGreaterThan(m * n / 2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--hidden 7 --batch 5", "--hidden 7,5 --activation gelu --noise 0.1"})
  void listsEveryTensorOfAStep(String flags) throws IOException {
    JsonNode json = tolerance(flags + " --precision bf16");
    List<String> names =
        json.get("tensors").valueStream().map(each -> each.get("tensor").asString()).toList();
    assertThat(names).contains("loss", "outputs", "gradient of W2", "W1", "b2");
    assertThat(names).allSatisfy(name -> assertThat(console.printed()).contains(name));
    assertThat(json.get("batch").asInt()).isPositive();
  }

  @Test
  void readsAScenario() throws IOException {
    Path scenario = folder.resolve("s.json");
    assertThat(Lockstep.run("train", "--hidden", "7", "--batch", "5", "--print-scenario")).isZero();
    Files.writeString(scenario, console.printed());
    JsonNode byFile = tolerance("--scenario " + scenario);
    assertThat(byFile).isEqualTo(tolerance("--hidden 7 --batch 5"));
  }

  private void assertRefused(String flags, String sentence) {
    console.clear();
    assertThat(Lockstep.run(("tolerance " + flags).strip().split(" "))).isEqualTo(2);
    assertThat(console.printed()).isEmpty();
    assertThat(console.complained()).startsWith("lockstep: ").contains(sentence).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                      | --shape: shape is missing, expected MxNxK",
        "--precision bf16                      | --shape: shape is missing",
        "--operands equal                      | --shape: shape is missing",
        "--shape 0x3x4                         | --shape: shape is 0x3x4, expected MxNxK",
        "--shape 3x4                           | --shape: shape is 3x4, expected MxNxK",
        "--shape 3x4x99999999                  | --shape: shape is 3x4x99999999, expected MxNxK",
        "--shape 3x4x9999999                   | expected at most 8388608 terms in fp32",
        "--shape 3x4x2097153 --precision bf16  | expected at most 2097152 terms in bf16",
        "--shape 3x4x5 --precision fp8         | expected one of fp32, tf32, bf16",
        "--shape 3x4x5 --hidden 7              | --hidden: value is [7], which contradicts --shape",
        "--operands random --batch 7           | --batch: value is 7, which contradicts --operands",
        "--operands nowhere.npz                | nowhere.npz: cannot be read",
        "--scenario nowhere.json               | nowhere.json: cannot be read",
        "--hidden 0                            | --hidden",
      })
  void refusesWithOneSentence(String flags, String sentence) {
    assertRefused(flags == null ? "" : flags, sentence);
  }

  @Test
  void refusesOperandsThatAreNoProduct() {
    float[] six = {1, 2, 3, 4, 5, 6};
    NpzFile.write(file, Map.of("A", matrix(2, 3, six), "C", matrix(3, 2, six)));
    assertRefused("--operands " + file, file + ": array B is missing, expected arrays A and B");
    NpzFile.write(file, Map.of("A", matrix(2, 3, six), "B", matrix(2, 3, six)));
    assertRefused("--operands " + file, file + ": array B is [2, 3], expected 3 rows");
    NpzFile.write(
        file, Map.of("A", matrix(2, 3, six), "B", new NpyArray.Floats(new int[] {6}, six)));
    assertRefused("--operands " + file, file + ": array B is [6], expected a matrix");
    NpzFile.write(
        file,
        Map.of(
            "A",
            matrix(2, 3, six),
            "B",
            new NpyArray.Longs(new int[] {3, 1}, new long[] {1, 2, 3})));
    assertRefused("--operands " + file, "expected float32 or float64");
    NpzFile.write(
        file,
        Map.of(
            "A",
            matrix(2, 3, six),
            "B",
            new NpyArray.Doubles(new int[] {3, 1}, new double[] {1, 0.1, 3})));
    assertRefused(
        "--operands " + file, "array B is 0.1, expected numbers that binary32 represents");
    for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      NpzFile.write(file, Map.of("A", matrix(2, 3, six), "B", matrix(3, 1, 1, broken, 2)));
      assertRefused("--operands " + file, "array B is " + broken + ", expected finite numbers");
    }
    NpzFile.write(file, Map.of("A", matrix(2, 3, six), "B", matrix(3, 2, six)));
    assertRefused(
        "--operands " + file + " --shape 2x2x4",
        "--shape: shape is 2x2x4, but the product of " + file + " has 2x2x3");
  }

  @Test
  void refusesAStepThatOverflows() throws IOException {
    Path table = Files.writeString(folder.resolve("huge.csv"), csv());
    assertRefused("--data csv:" + table + " --hidden 3 --loss squared-error", "does not overflow");
  }

  /** Rows of features of 10^38, the label last. */
  private static String csv() {
    String[] rows = new String[80];
    Arrays.setAll(rows, i -> "1e38,-3e38," + i % 2);
    return String.join("\n", rows) + "\n";
  }

  @Test
  void leavesEverythingWithQuiet() {
    assertThat(Lockstep.run("tolerance", "--shape", "3x4x5", "--quiet")).isZero();
    assertThat(console.printed()).contains("numpy.testing.assert_allclose");
  }
}
