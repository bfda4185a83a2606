package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.ChildJvm.Run;
import dev.lockstep.bench.order.CrashingBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code lockstep order} in this JVM. */
final class OrderCommandTest {

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  private static int run(String line) {
    return Lockstep.run(line.split(" "));
  }

  @Test
  void saysTheOrderInWords() {
    assertThat(run("order --backends vector,scalar --shape 7x33x65 --form AB --threads 1,2"))
        .isZero();
    assertThat(console.printed().replaceAll("\\s+", " "))
        .contains(
            "vector, 1 thread, AB 7 x 33 x 65: AGREES (bits, own order:",
            "vector, 2 threads, AB 7 x 33 x 65: AGREES",
            "scalar, 1 thread, AB 7 x 33 x 65: AGREES",
            "all rows, all columns: one chain of 65 fma",
            "Verdict: AGREES. The order of 3 of 3 products is known and replayed to the bit:")
        .doesNotContain("scalar, 2 threads");
    assertThat(console.complained()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--shape 0x33x65         | --shape: shape is 0x33x65, expected sizes of at least 1",
        "--shape 33x0x65         | --shape: shape is 33x0x65, expected sizes of at least 1",
        "--shape 33x65x0         | --shape: shape is 33x65x0, expected sizes of at least 1",
        "--shape 33x65           | --shape: shape is 33x65, expected rows x columns x terms such as"
            + " 33x129x300",
        "--shape -1x2x3          | --shape: shape is -1x2x3, expected rows x columns x terms such"
            + " as 33x129x300",
        "--shape 1x1x16777217    | --shape: k is 16777217, expected at most 16777216 terms",
        "--shape 99999999999x1x1 | --shape: shape is 99999999999x1x1, expected rows x columns x"
            + " terms such as 33x129x300",
        "--shape 99999x99999x1   | --shape: elements of a matrix of 99999x99999x1 is 9999800001,"
            + " expected at most 2147483639 values",
        "--shape 46000x46000x9   | --shape: shape is 46000x46000x9, expected one that fits the"
            + " memory: it needs",
        "--shape 2x2x2,          | --shape: shape is '', expected",
        "--form BA               | --form: form is BA, expected one of AB, ABT, ATB",
        "--threads 0             | --threads: threads is 0, expected numbers from 1 to 1024",
        "--backends nobody       | --backends: backend is nobody, expected one of",
        "--backends double       | --backends: backend is double, expected one that computes in"
            + " binary32",
        "--budget never          | --budget: time is never, expected a time such as 90s",
      })
  void refusesBadInputInOneSentence(String flags, String sentence) {
    assertThat(run("order " + flags.strip())).isEqualTo(2);
    assertThat(console.complained()).startsWith("lockstep: " + sentence).hasLineCount(1);
    assertThat(console.printed()).isEmpty();
  }

  /** A library that crashes or ends the process ends what is said of one product. */
  @Test
  void aLibraryThatCrashesEndsItsOwnPartOnly() throws Exception {
    Path services = Files.createDirectories(folder.resolve("more/META-INF/services"));
    Files.writeString(
        services.resolve("dev.lockstep.backend.Backend"), CrashingBackend.class.getName() + "\n");
    Run run =
        new ChildJvm(folder)
            .finding(folder.resolve("more"))
            .startedIn(Files.createDirectory(folder.resolve("here")))
            .set("COLUMNS", "200")
            .lockstep(
                "order", "--backends", "crashing", "--shape", "2x3x5,3x2x4", "--threads", "1");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            "crashing, 1 thread, AB 2 x 3 x 5: AGREES",
            "crashing, 1 thread, ABT 2 x 3 x 5: FAILED (the process of crashing crashed)",
            "crashing, 1 thread, ATB 2 x 3 x 5: FAILED (the process of crashing ended with status"
                + " 0)",
            "crashing, 1 thread, AB 3 x 2 x 4: AGREES",
            "Verdict: FAILED. The order of 2 of 6 products is known");
    // Neither a report of the crash nor a core.
    assertThat(folder.resolve("here")).isEmptyDirectory();
  }

  @Test
  void whatTheBudgetDoesNotAllowIsSaid() {
    assertThat(run("order --backends vector --shape 1x1x2000000 --form AB --budget 1ms --quiet"))
        .isEqualTo(1);
    assertThat(console.printed().replaceAll("\\s+", " "))
        .contains("INCONCLUSIVE (not revealed, over the budget: ")
        .contains("Verdict: INCONCLUSIVE. The order of 0 of 2 products is known");
  }
}
