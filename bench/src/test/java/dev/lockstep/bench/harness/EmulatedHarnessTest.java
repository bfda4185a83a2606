package dev.lockstep.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.ChildJvm.Run;
import dev.lockstep.bench.EmulatedMachine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harnesses on the emulated CUDA device. No number is read: that they work and verify. */
@Tag("thorough")
final class EmulatedHarnessTest {

  private static final int HARNESSES = 28;

  @TempDir Path folder;

  @BeforeEach
  void requireDevice() {
    assumeTrue(EmulatedMachine.whyNone().isEmpty(), EmulatedMachine.whyNone());
  }

  @Test
  void eachVerifiesWhatItTimes() throws Exception {
    Run run = new EmulatedMachine(folder).run(HarnessesOfADevice.class, List.of());
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .hasSize(2 * HARNESSES)
        .allMatch(line -> line.endsWith(": verified"));
  }

  /** One bit is wrong wherever a result, or a piece of it that is looked at, is copied. */
  @Test
  void noneHasANumberForAWrongBit() throws Exception {
    Run run =
        new EmulatedMachine(folder)
            .set("EMULATED_CUDA_WRONG_BIT", "4")
            .run(HarnessesOfADevice.class, List.of("cuda"));
    assertThat(run.out().lines())
        .as(run.err())
        .hasSize(HARNESSES)
        .allMatch(line -> line.contains(" timing: "));
  }
}
