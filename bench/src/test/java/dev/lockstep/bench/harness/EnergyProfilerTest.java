package dev.lockstep.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.sensors.FakeMachine;
import dev.lockstep.bench.sensors.Sensors;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.ScalarResult;

final class EnergyProfilerTest {
  private static final String NO_LIBRARY = "/nowhere/libnvidia-ml.so.1";

  @TempDir Path folder;

  private static List<String> texts(List<ScalarResult> results) {
    return results.stream()
        .map(r -> r.getLabel() + " " + r.getScore() + " " + r.getScoreUnit())
        .toList();
  }

  private static long after(long seconds) {
    return System.nanoTime() + seconds * 1_000_000_000;
  }

  @Test
  void joulesOfLongIterationsAreThoseOfAnOperation() {
    FakeMachine machine =
        new FakeMachine(folder).zone("intel-rapl:0", "package-0", 1_000_000, 100_000_000);
    EnergyProfiler profiler =
        new EnergyProfiler(Sensors.of(machine.sys(), NO_LIBRARY, FakeMachine.BUS));
    profiler.begin("vector");
    machine.zone("intel-rapl:0", "package-0", 22_000_000, 100_000_000);
    assertThat(texts(profiler.end(after(5), 7))).containsExactly("cpu-energy 3.0 J/op");
    assertThat(profiler.end(after(4), 7)).isEmpty();
    assertThat(profiler.end(after(5), 0)).isEmpty();
  }

  @Test
  void theGpuIsLookedAtAfterEveryIteration() throws Exception {
    assumeTrue(FakeMachine.hasCompiler(), "there is no gcc to make a library with");
    FakeMachine machine = new FakeMachine(folder);
    EnergyProfiler profiler =
        new EnergyProfiler(Sensors.of(machine.sys(), machine.library(), FakeMachine.BUS));
    profiler.begin("cuda");
    assertThat(texts(profiler.end(after(1), 7)))
        .containsExactly(
            "gpu-clock 1001.0 MHz",
            "gpu-memory-clock 1002.0 MHz",
            "gpu-power 345.678 W",
            "gpu-temperature 55.0 C",
            "gpu-slowed 1.0 yes/no");
    profiler.begin("cuda");
    assertThat(texts(profiler.end(after(5), 7))).contains("gpu-energy 1.0 J/op");
  }

  @Test
  void aMachineWithoutCountersHasNoNumber() {
    EnergyProfiler profiler = new EnergyProfiler(Sensors.of(folder, NO_LIBRARY, null));
    assertThat(profiler.end(after(5), 7)).isEmpty();
    profiler.begin("vector");
    assertThat(profiler.end(after(5), 7)).isEmpty();
  }

  @Test
  void theSensorsOfThisMachineAreThoseOfTheCpuForBackendsOfTheHost() {
    EnergyProfiler profiler = new EnergyProfiler();
    profiler.begin("vector");
    assertThat(profiler.end(after(1), 7)).isEmpty();
    profiler.begin(null);
    assertThat(profiler.end(after(1), 7)).isEmpty();
  }
}
