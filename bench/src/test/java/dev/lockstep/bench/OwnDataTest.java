package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code check} says of tables as people have them. */
class OwnDataTest {

  private static final String CELLS =
      "check --width 7 --depth 1 --activation tanh,leaky-relu --optimizer sgd,adam --noise 0"
          + " --backends scalar,vector,double";

  /** Mean and deviation of four lengths of each of three species, in centimetres. */
  private static final double[][] SPECIES = {
    {5, 0.4, 3.4, 0.4, 1.5, 0.2, 0.2, 0.1},
    {5.9, 0.5, 2.8, 0.3, 4.3, 0.5, 1.3, 0.2},
    {6.6, 0.6, 3, 0.3, 5.6, 0.6, 2, 0.3}
  };

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  private int check(String data, String... more) {
    String[] arguments = (CELLS + " --data " + data).split(" ", -1);
    String[] all = new String[arguments.length + more.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Lockstep.run(all);
  }

  /** Flowers, each length multiplied by a factor, with a column of ones in front of the label. */
  private Path flowers(double factor) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder text = new StringBuilder("a,b,c,d,one,kind\n");
    for (int row = 0; row < 150; row++) {
      double[] kind = SPECIES[row / 50];
      for (int column = 0; column < 4; column++) {
        double length = kind[2 * column] + kind[2 * column + 1] * random.nextGaussian();
        text.append(String.format(Locale.ROOT, "%.6g,", factor * Math.max(0.1, length)));
      }
      text.append("1,").append("kind").append(row / 50).append('\n');
    }
    return Files.writeString(folder.resolve("flowers.csv"), text);
  }

  @ParameterizedTest
  @CsvSource({"1", "1000", "1e30"})
  void unscaledFeaturesAreAdvisedAgainstOnce(double factor) throws IOException {
    Path file = flowers(factor);
    Path json = folder.resolve("v.json");
    assertThat(check("csv:" + file, "--json", json.toString())).isEqualTo(1);
    assertThat(console.printed())
        .contains("\n\nVerdict: INCONCLUSIVE (")
        .containsPattern("--data\\s+" + Pattern.quote("'csv:" + file + "?scale=standard'"))
        .doesNotContain("fault", "DIFFERS", "repeat with");
    assertThat(console.printed().split("\\?scale=standard", -1)).hasSize(2);
    JsonNode verdict = JsonMapper.shared().readTree(Files.readString(json));
    assertThat(verdict.get("verdict").stringValue()).isEqualTo("INCONCLUSIVE");
    assertThat(verdict.get("exit-code").intValue()).isEqualTo(1);
    assertThat(verdict.get("faults")).isEmpty();
    assertThat(verdict.at("/warnings/0/code").stringValue()).isEqualTo("data");
    assertThat(verdict.at("/warnings/0/text").stringValue()).contains("?scale=standard");
    Schemas.requireConforming("check", verdict);
    assertThat(verdict.get("not-shown")).isNotEmpty();
  }

  /** Adam keeps squares of gradients, which leave binary32 long before the loss does. */
  @Test
  void whatOverflowsInBinary32AloneDiffersFromNothing() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder text = new StringBuilder("a,b,label\n");
    for (int row = 0; row < 60; row++) {
      text.append(3e38 * random.nextDouble())
          .append(',')
          .append(1e30 * random.nextDouble())
          .append(',')
          .append(row % 3)
          .append('\n');
    }
    Path file = Files.writeString(folder.resolve("huge.csv"), text);
    String cell =
        "check --width 16 --batch 7,16 --depth 2 --activation relu --init random --optimizer adam"
            + " --noise 0,0.1 --backends scalar,vector,double --data csv:";
    Lockstep.run((cell + file).split(" ", -1));
    assertThat(console.printed()).doesNotContain("DIFFERS");
  }

  /** A constant column is no fault, and the usual batches are cut down to 120 rows. */
  @ParameterizedTest
  @CsvSource({"1", "1000"})
  void scaledTheyAgree(double factor) throws IOException {
    assertThat(check("csv:" + flowers(factor) + "?label=kind&scale=standard")).isZero();
    assertThat(console.printed())
        .contains("Verdict: AGREES. 2 exact backends agree bit for bit")
        .doesNotContain("\ndata: ", "INCONCLUSIVE", "fault");
  }

  /** No feature, or none that differs between rows. */
  @ParameterizedTest
  @CsvSource({"0,0,''", "0,0,?scale=standard", "0.5,1,?scale=minmax"})
  void whatFeaturesWouldShowIsNotShown(String a, String b, String options) throws IOException {
    StringBuilder text = new StringBuilder("a,b,label\n");
    IntStream.range(0, 60).forEach(row -> text.append(a + "," + b + "," + row % 3 + "\n"));
    Path file = Files.writeString(folder.resolve("constant.csv"), text);
    assertThat(check("csv:" + file + options)).isEqualTo(1);
    assertThat(console.printed())
        .contains("\n\nVerdict: INCONCLUSIVE (")
        .contains("\ndata          each feature has one value in all rows to train on")
        .doesNotContain("fault", "DIFFERS", "scale=standard");
  }

  @Test
  void aBatchThatWasAskedForIsNotCutDown() throws IOException {
    assertThat(check("csv:" + flowers(1), "--batch", "121")).isEqualTo(2);
    assertThat(console.complained()).contains("batch is 121, expected 1 to 120");
  }
}
