package dev.lockstep.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.gpu.kernel.MachineCode.Loop;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How much of what a large product issues is multiply-adds: a multiprocessor starts one instruction
 * a lane and cycle, so that this is the most of its peak that the product can reach. {@code
 * gemm.cuh} has the figures, which are printed here.
 */
final class InstructionMixTest {

  /** Multiply-adds a thread has in a panel: 8 x 8 of 8 terms, or 8 x 4 of 16. */
  private static final int PANEL = 512;

  @TempDir(cleanup = CleanupMode.ALWAYS)
  static Path folder;

  private static byte[] program;

  @BeforeAll
  static void compile() {
    PtxCompiler.loadFrom(folder);
    program = PtxCompiler.program(Kernels.ptx(), "sm_90");
  }

  /** The least percentages, of rows that are read 16 bytes at a time and of others. */
  @ParameterizedTest
  @CsvSource({
    "gemm_ab_128x128, 90, 88",
    "gemm_abt_128x128, 89, 88",
    "gemm_atb_128x128, 91, 87",
    "gemm_ab_64x64, 86, 81",
    "gemm_abt_64x64, 84, 82",
    "gemm_atb_64x64, 88, 80",
  })
  void aPanelIsMostlyMultiplyAdds(String kernel, double quads, double singles) {
    List<Loop> panels =
        MachineCode.of(kernel, program).loops().stream()
            .filter(loop -> loop.multiplyAdds() == PANEL)
            .sorted(Comparator.comparingInt(Loop::instructions))
            .toList();
    assertThat(panels).as("%s: a loop for each way to read", kernel).hasSize(2);
    System.out.printf(
        Locale.ROOT,
        "%-18s%5d of%4d instructions of a panel are fma: %.1f%%; of%4d, 4 bytes at a time:"
            + " %.1f%%%n",
        kernel,
        PANEL,
        panels.get(0).instructions(),
        100 * panels.get(0).share(),
        panels.get(1).instructions(),
        100 * panels.get(1).share());
    assertThat(100 * panels.get(0).share()).as(kernel).isGreaterThanOrEqualTo(quads);
    assertThat(100 * panels.get(1).share()).as(kernel).isGreaterThanOrEqualTo(singles);
  }

  /** The terms behind the last panel, one a round. */
  @ParameterizedTest
  @CsvSource({"gemm_ab_128x128, 64", "gemm_abt_64x64, 32"})
  void aLoopOfOneTermHasTheMultiplyAddsOfOneTerm(String kernel, int multiplyAdds) {
    assertThat(MachineCode.of(kernel, program).loops())
        .filteredOn(loop -> loop.multiplyAdds() == multiplyAdds)
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(loop -> loop.share() > 0.7 && loop.share() < 0.9);
  }

  @Test
  void aKernelThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> MachineCode.of("gemm_ab_9x9", program))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("gemm_ab_9x9");
  }
}
