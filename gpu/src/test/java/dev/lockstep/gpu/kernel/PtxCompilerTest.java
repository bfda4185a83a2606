package dev.lockstep.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.gpu.kernel.PtxCompiler.Report;
import dev.lockstep.gpu.kernel.PtxCompiler.Usage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A compiler of CUDA 12 takes the PTX, though it is made by one of CUDA 13, and the kernels fit
 * into the registers and the shared memory that they are designed for, on every generation of
 * devices.
 */
final class PtxCompilerTest {

  private static final String[] ARCHITECTURES = {"sm_75", "sm_80", "sm_86", "sm_89", "sm_90"};

  @TempDir(cleanup = CleanupMode.ALWAYS)
  static Path folder;

  @BeforeAll
  static void load() {
    PtxCompiler.loadFrom(folder);
  }

  @Test
  void nothingSpillsAndEveryKernelKeepsToItsBounds() {
    Map<String, Report> usage = new ConcurrentSkipListMap<>();
    Arrays.stream(ARCHITECTURES)
        .parallel()
        .forEach(
            architecture ->
                usage.put(architecture, PtxCompiler.compile(Kernels.ptx(), architecture)));
    Set<String> kernels = names();
    System.out.print(table(kernels, usage));
    usage.forEach(
        (architecture, report) -> {
          assertThat(report.kernels()).as(architecture).isEqualTo(kernels);
          kernels.forEach(
              kernel -> assertKeepsTo(bound(kernel), report.of(kernel), architecture, kernel));
        });
  }

  private static void assertKeepsTo(Usage most, Usage taken, String architecture, String kernel) {
    assertThat(taken.spilled()).as("%s %s spills", architecture, kernel).isZero();
    assertThat(taken.registers())
        .as("%s %s registers", architecture, kernel)
        .isLessThanOrEqualTo(most.registers());
    assertThat(taken.shared())
        .as("%s %s shared memory", architecture, kernel)
        .isLessThanOrEqualTo(most.shared());
  }

  /**
   * A multiprocessor has 65536 registers, and of the devices here the one with least shared memory
   * has 64 KiB, 48 of them for one block. Elementwise kernels run 4 blocks of 256 threads at once,
   * a tile of 128 x 128 two, one of 64 x 64 four of 128 threads, the small ones two.
   */
  private static Usage bound(String kernel) {
    if (!kernel.startsWith("gemm_")) {
      return new Usage(64, 0, 0);
    }
    return switch (kernel.substring(kernel.lastIndexOf('_') + 1)) {
      case "128x128" -> new Usage(128, 0, 24 << 10);
      case "64x64" -> new Usage(128, 0, 24 << 10);
      case "32x32", "16x16" -> new Usage(255, 0, 48 << 10);
      default -> throw new AssertionError("no bound for " + kernel);
    };
  }

  @Test
  void aKernelThatSpillsAndOneThatIsWrongAreSeen() {
    String kernel = only("gemm_ab_128x128");
    String crowded = kernel.replaceAll("\\.minnctapersm \\d+", ".minnctapersm 8");
    assertThat(PtxCompiler.compile(kernel, "sm_90").of("gemm_ab_128x128").spilled()).isZero();
    assertThat(PtxCompiler.compile(crowded, "sm_90").of("gemm_ab_128x128").spilled()).isPositive();
    assertThatThrownBy(() -> PtxCompiler.compile(kernel + "\n.nonsense\n", "sm_90"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nonsense");
  }

  /** The head of the PTX, which declares the shared memory, and one kernel. */
  private static String only(String kernel) {
    String ptx = Kernels.ptx();
    int start = ptx.indexOf(".visible .entry " + kernel + "(");
    return ptx.substring(0, ptx.indexOf(".visible .entry "))
        + ptx.substring(start, ptx.indexOf("\n}\n", start) + 3);
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>();
    Matcher entry = Pattern.compile("\\.entry (\\w+)").matcher(Kernels.ptx());
    while (entry.find()) {
      names.add(entry.group(1));
    }
    return names;
  }

  /** A line a kernel: registers under each architecture, and shared memory. */
  private static String table(Set<String> kernels, Map<String, Report> usage) {
    StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "%-18s", "registers"));
    usage
        .keySet()
        .forEach(architecture -> table.append(String.format(Locale.ROOT, "%7s", architecture)));
    table.append(String.format(Locale.ROOT, "%17s%n", "shared, bytes"));
    for (String kernel : kernels) {
      table.append(String.format(Locale.ROOT, "%-18s", kernel));
      usage
          .values()
          .forEach(
              report ->
                  table.append(String.format(Locale.ROOT, "%7d", report.of(kernel).registers())));
      int shared =
          usage.values().stream().mapToInt(report -> report.of(kernel).shared()).max().orElse(0);
      table.append(String.format(Locale.ROOT, "%17d%n", shared));
    }
    return table.toString();
  }
}
