package dev.lockstep.bench.sensors;

import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.machine.Linux;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sensors of a machine's CPU and of one GPU.
 *
 * <p>Readings have names; a sensor that cannot be read gives the reason instead of a value. No
 * reading identifies the machine, but a reason may name a file.
 */
public final class Sensors {
  private final CpuFrequency cpu;
  private final Part<Rapl> rapl;
  private final Part<GpuSensors> gpu;
  private final boolean ofWholeCard;

  /** A part of the machine, or the reason why it cannot be read. */
  @FunctionalInterface
  private interface Part<T> {
    T get() throws NotReadableException;

    /** Looks for a part once, and keeps it or the reason. */
    static <T> Part<T> found(Part<T> search) {
      try {
        T part = search.get();
        return () -> part;
      } catch (NotReadableException e) {
        return () -> {
          throw e;
        };
      }
    }
  }

  private Sensors(Path sys, Part<GpuSensors> search, boolean ofWholeCard) {
    this.ofWholeCard = ofWholeCard;
    cpu = new CpuFrequency(sys);
    rapl = Part.found(() -> Rapl.below(sys));
    gpu = Part.found(search);
  }

  /** The sensors of this machine without a GPU. */
  public static Sensors ofThisMachine() {
    return new Sensors(
        Linux.here().sys(),
        () -> {
          throw new NotReadableException("no GPU is used");
        },
        false);
  }

  /** The sensors of this machine and of one of its real devices; an emulated device has none. */
  public static Sensors ofThisMachine(CudaDevice device) {
    return of(Linux.here().sys(), Nvml.LIBRARY, device.pciBus().orElse(null), device.isPart());
  }

  /** The argument that spares a JVM a library that crashed or held up a process of this one. */
  public static String option() {
    return NvmlProcess.option();
  }

  /**
   * The sensors that a folder and a library describe.
   *
   * @param sys the folder {@code /sys}
   * @param library the path or name of NVIDIA's management library
   * @param busId the GPU's PCI address; null if unknown
   */
  public static Sensors of(Path sys, String library, @Nullable String busId) {
    return of(sys, library, busId, false);
  }

  private static Sensors of(Path sys, String library, @Nullable String busId, boolean ofWholeCard) {
    return new Sensors(
        sys,
        () -> {
          if (busId == null) {
            throw new NotReadableException("the driver does not say where the device sits");
          }
          return GpuSensors.at(library, busId);
        },
        ofWholeCard);
  }

  /** All current readings by name, for people. Those of a GPU are included even without one. */
  public Map<String, Reading> readings() {
    Map<String, Reading> all = new LinkedHashMap<>();
    all.put("CPU governor", Reading.of(cpu::governor));
    all.put("CPU clock", Reading.of(cpu::clock));
    all.put("CPU energy counter", counter(rapl));
    if (ofWholeCard) {
      all.put(
          "GPU sensors", new Reading.Word("of the whole card; the device is a part of it (MIG)"));
    }
    all.put("GPU clock", ofGpu(GpuSensors::clock));
    all.put("GPU highest clock", ofGpu(GpuSensors::highestClock));
    all.put("GPU memory clock", ofGpu(GpuSensors::memoryClock));
    all.put("GPU clock lowered by", ofGpu(GpuSensors::lowered));
    all.put("GPU power", ofGpu(GpuSensors::power));
    all.put("GPU power limit", ofGpu(GpuSensors::powerLimit));
    all.put("GPU temperature", ofGpu(GpuSensors::temperature));
    all.put("GPU ECC", ofGpu(GpuSensors::errorCorrection));
    all.put("GPU energy counter", counter(gpu));
    return all;
  }

  private static Reading counter(Part<? extends EnergyCounter> part) {
    return Reading.of(
        () -> {
          part.get().microjoules();
          return new Reading.Word("readable");
        });
  }

  /** The GPU's clocks, power, temperature and whether limits lower its clocks, during work. */
  public Map<String, Reading> gpuAtWork() {
    Map<String, Reading> all = new LinkedHashMap<>();
    all.put("gpu-clock", ofGpu(GpuSensors::clock));
    all.put("gpu-memory-clock", ofGpu(GpuSensors::memoryClock));
    all.put("gpu-power", ofGpu(GpuSensors::power));
    all.put("gpu-temperature", ofGpu(GpuSensors::temperature));
    all.put("gpu-slowed", ofGpu(GpuSensors::slowed));
    return all;
  }

  @FunctionalInterface
  private interface Gauge {
    Reading of(GpuSensors gpu) throws NotReadableException;
  }

  private Reading ofGpu(Gauge gauge) {
    return Reading.of(() -> gauge.of(gpu.get()));
  }

  /** Starts to count energy. */
  public Energy energy() {
    return new Energy(meter(rapl), meter(gpu));
  }

  private static Reading.Source meter(Part<? extends EnergyCounter> part) {
    try {
      EnergyCounter counter = part.get();
      long[] before = counter.microjoules();
      return () -> new Reading.Quantity(counter.joules(before, counter.microjoules()), "J");
    } catch (NotReadableException e) {
      return () -> {
        throw e;
      };
    }
  }

  /** The energy drawn since {@link #energy} was called, including that of an idle machine. */
  public static final class Energy {
    private final Reading.Source cpuMeter;
    private final Reading.Source gpuMeter;

    private Energy(Reading.Source cpuMeter, Reading.Source gpuMeter) {
      this.cpuMeter = cpuMeter;
      this.gpuMeter = gpuMeter;
    }

    /** The joules of the processor's packages until now. */
    public Reading cpu() {
      return Reading.of(cpuMeter);
    }

    /** The joules of the GPU's board until now. */
    public Reading gpu() {
      return Reading.of(gpuMeter);
    }
  }
}
