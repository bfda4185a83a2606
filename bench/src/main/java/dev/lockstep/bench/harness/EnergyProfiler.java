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
 * Reports secondary results of an iteration: the energy of the CPU ({@value #CPU_ENERGY}) in joules
 * per operation and, for backends on a real device, the energy of the GPU ({@value #GPU_ENERGY}).
 * For the GPU it also reports, as of the end of the iteration, clocks in MHz, power in W,
 * temperature in C and whether a power or thermal limit slowed it.
 *
 * <p>Energy includes what an idle machine draws. It is reported only for iterations of at least
 * {@link #WINDOW}, because the counters update every 20 to 100 ms. A sensor that cannot be read is
 * not reported; {@link Sensors#readings} says why. Single-shot benchmarks are not profiled, because
 * reading the sensors would start parts of the driver before the first call does.
 */
public final class EnergyProfiler implements InternalProfiler {

  /** Name of the CPU's energy, in J/op. */
  public static final String CPU_ENERGY = "cpu-energy";

  /** Name of the GPU's energy, in J/op. */
  public static final String GPU_ENERGY = "gpu-energy";

  /** The shortest iteration whose energy is reported. */
  public static final Duration WINDOW = Duration.ofSeconds(5);

  private @Nullable Sensors sensors;
  private @Nullable Window window;

  /** Time and energy counters at the start of an iteration. */
  private record Window(long nanoTime, Sensors.Energy energy) {}

  /** Creates a profiler that opens the machine's sensors when the first iteration begins. */
  public EnergyProfiler() {}

  /** Creates a profiler that reads these sensors. */
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
   * @param backend the backend's name; null for a benchmark without one
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

  /**
   * Ends an iteration and returns its results.
   *
   * @param nanoTime when it ended
   * @param operations number of operations it ran
   */
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
