package dev.lockstep.bench.harness;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.sensors.Reading;
import dev.lockstep.bench.sensors.Sensors;
import dev.lockstep.gpu.discovery.CudaMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports, as secondary results, joules an operation of the CPU ({@value #CPU_ENERGY}) and, of
 * backends on a real device, of the GPU ({@value #GPU_ENERGY}), with the GPU's clocks in MHz, power
 * in W, temperature in C and whether power or heat held it down, at the end of the iteration.
 *
 * <p>Energy is all that is drawn, what an idle machine draws included, and is reported of
 * iterations of at least {@link #WINDOW}: counters move every 20 to 100 ms. What cannot be read is
 * not reported; {@link Sensors#readings} says why. Single shots are left alone: a look at the
 * sensors would start parts of the driver before the first call does.
 */
public final class EnergyProfiler implements InternalProfiler {

  /** J/op. */
  public static final String CPU_ENERGY = "cpu-energy";

  /** J/op. */
  public static final String GPU_ENERGY = "gpu-energy";

  /** The shortest iteration whose energy is reported. */
  public static final Duration WINDOW = Duration.ofSeconds(5);

  private @Nullable Sensors sensors;
  private @Nullable Window window;

  /** From the start of an iteration on. */
  private record Window(long nanoTime, Sensors.Energy energy) {}

  /** Looks at the sensors of the machine when the first iteration begins. */
  public EnergyProfiler() {}

  /** Looks at these. */
  EnergyProfiler(Sensors sensors) {
    this.sensors = sensors;
  }

  @Override
  public String getDescription() {
    return "energy an operation, and clocks, power and temperature of the GPU";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    window = null;
    if (benchmark.getMode() != Mode.SingleShotTime) {
      begin(benchmark.getParam("backend"));
    }
  }

  /**
   * Begins an iteration.
   *
   * @param backend its name; null for what has none
   */
  void begin(@Nullable String backend) {
    Sensors opened = sensors;
    if (opened == null) {
      opened = sensorsOf(backend);
      sensors = opened;
    }
    window = new Window(System.nanoTime(), opened.energy());
  }

  private static Sensors sensorsOf(@Nullable String backend) {
    if (backend == null) {
      return Sensors.ofThisMachine();
    }
    Backend chosen = Backends.named("energy", backend);
    Resources resources = new Resources(1);
    boolean real =
        chosen.availability(resources) instanceof Availability.Available(_, Hardware hardware)
            && hardware == Hardware.REAL;
    return chosen.placement() == Placement.DEVICE && real
        ? Sensors.ofThisMachine(CudaMachine.look().device(resources.device()))
        : Sensors.ofThisMachine();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return end(System.nanoTime(), result.getMetadata().getAllOps());
  }

  /** What an iteration came to that ended at a time and did so many operations. */
  List<ScalarResult> end(long nanoTime, long operations) {
    Window begun = window;
    Sensors opened = sensors;
    if (begun == null || opened == null) {
      return List.of();
    }
    List<ScalarResult> results = new ArrayList<>();
    if (nanoTime - begun.nanoTime >= WINDOW.toNanos() && operations > 0) {
      add(results, CPU_ENERGY, begun.energy.cpu(), operations, "J/op", AggregationPolicy.AVG);
      add(results, GPU_ENERGY, begun.energy.gpu(), operations, "J/op", AggregationPolicy.AVG);
    }
    for (Map.Entry<String, Reading> reading : opened.gpuAtWork().entrySet()) {
      if (reading.getValue() instanceof Reading.Quantity(_, String unit)) {
        AggregationPolicy policy =
            reading.getKey().equals("gpu-slowed") ? AggregationPolicy.MAX : AggregationPolicy.AVG;
        add(results, reading.getKey(), reading.getValue(), 1, unit, policy);
      }
    }
    return results;
  }

  private static void add(
      List<ScalarResult> results,
      String name,
      Reading reading,
      long operations,
      String unit,
      AggregationPolicy policy) {
    if (reading instanceof Reading.Quantity(double value, _)) {
      results.add(new ScalarResult(name, value / operations, unit, policy));
    }
  }
}
