package dev.lockstep.bench.sensors;

import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.machine.Linux;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sensors of a machine: of its CPU, and of one GPU if it has a driver.
 *
 * <p>Readings are by name; what cannot be read has the reason in place of a number. Nothing of it
 * names the machine; a reason may name a file.
 */
public final class Sensors {
  private final CpuFrequency cpu;
  private final Part<Rapl> rapl;
  private final Part<GpuSensors> gpu;

  /** A part of the machine, or why it cannot be asked. */
  private sealed interface Part<T> {
    record There<T>(T it) implements Part<T> {}

    record Missing<T>(String reason) implements Part<T> {}
  }

  @FunctionalInterface
  private interface Search<T> {
    T find() throws NotReadableException;
  }

  @FunctionalInterface
  private interface Question<T> {
    Reading ask(T part) throws NotReadableException;
  }

  private Sensors(Path sys, Search<GpuSensors> search) {
    cpu = new CpuFrequency(sys);
    rapl = part(() -> Rapl.below(sys));
    gpu = part(search);
  }

  private static <T> Part<T> part(Search<T> search) {
    try {
      return new Part.There<>(search.find());
    } catch (NotReadableException e) {
      return new Part.Missing<>(String.valueOf(e.getMessage()));
    }
  }

  /** Of this machine without a GPU. */
  public static Sensors ofThisMachine() {
    return new Sensors(
        Linux.here().sys(),
        () -> {
          throw new NotReadableException("no GPU is used");
        });
  }

  /** Of this machine and a real device of it; an emulated one has none. */
  public static Sensors ofThisMachine(CudaDevice device) {
    return of(Linux.here().sys(), Nvml.LIBRARY, device.pciBus().orElse(null));
  }

  /**
   * Of a machine that a folder and a library describe.
   *
   * @param sys {@code /sys}
   * @param busId the GPU's place, or null if nobody knows it
   */
  public static Sensors of(Path sys, String library, @Nullable String busId) {
    return new Sensors(
        sys,
        () -> {
          if (busId == null) {
            throw new NotReadableException("the driver does not say where the device sits");
          }
          return GpuSensors.at(library, busId);
        });
  }

  /** All readings now, for people; those of a GPU are told even if there is none. */
  public Map<String, Reading> readings() {
    Map<String, Reading> all = new LinkedHashMap<>();
    all.put("CPU governor", Reading.of(cpu::governor));
    all.put("CPU clock", Reading.of(cpu::clock));
    all.put("CPU energy counter", asked(rapl, Sensors::counts));
    all.put("GPU clock", asked(gpu, GpuSensors::clock));
    all.put("GPU highest clock", asked(gpu, GpuSensors::highestClock));
    all.put("GPU memory clock", asked(gpu, GpuSensors::memoryClock));
    all.put("GPU clock lowered by", asked(gpu, GpuSensors::lowered));
    all.put("GPU power", asked(gpu, GpuSensors::power));
    all.put("GPU power limit", asked(gpu, GpuSensors::powerLimit));
    all.put("GPU temperature", asked(gpu, GpuSensors::temperature));
    all.put("GPU ECC", asked(gpu, GpuSensors::errorCorrection));
    all.put("GPU energy counter", asked(gpu, Sensors::counts));
    return all;
  }

  private static Reading counts(EnergyCounter counter) throws NotReadableException {
    counter.microjoules();
    return new Reading.Word("readable");
  }

  /** Clock, power, temperature and whether they are held down, of the GPU: at the end of work. */
  public Map<String, Reading> gpuAtWork() {
    Map<String, Reading> all = new LinkedHashMap<>();
    all.put("gpu-clock", asked(gpu, GpuSensors::clock));
    all.put("gpu-memory-clock", asked(gpu, GpuSensors::memoryClock));
    all.put("gpu-power", asked(gpu, GpuSensors::power));
    all.put("gpu-temperature", asked(gpu, GpuSensors::temperature));
    all.put("gpu-slowed", asked(gpu, GpuSensors::slowed));
    return all;
  }

  private static <T> Reading asked(Part<T> part, Question<? super T> question) {
    return switch (part) {
      case Part.There<T>(T it) -> Reading.of(() -> question.ask(it));
      case Part.Missing<T>(String reason) -> new Reading.NotReadable(reason);
    };
  }

  /** Starts to count energy. */
  public Energy energy() {
    return new Energy(Meter.start(rapl), Meter.start(gpu));
  }

  /** Energy since some moment: all that is drawn, what an idle machine draws included. */
  public static final class Energy {
    private final Meter cpuMeter;
    private final Meter gpuMeter;

    private Energy(Meter cpuMeter, Meter gpuMeter) {
      this.cpuMeter = cpuMeter;
      this.gpuMeter = gpuMeter;
    }

    /** Joules of the processor's packages until now. */
    public Reading cpu() {
      return cpuMeter.joules();
    }

    /** Joules of the GPU's board until now. */
    public Reading gpu() {
      return gpuMeter.joules();
    }
  }

  @FunctionalInterface
  private interface Meter {
    Reading joules();

    static <C extends EnergyCounter> Meter start(Part<C> part) {
      return switch (part) {
        case Part.Missing<C>(String reason) -> () -> new Reading.NotReadable(reason);
        case Part.There<C>(C counter) -> {
          try {
            long[] before = counter.microjoules();
            yield () ->
                Reading.of(
                    () -> new Reading.Quantity(counter.joules(before, counter.microjoules()), "J"));
          } catch (NotReadableException e) {
            String reason = String.valueOf(e.getMessage());
            yield () -> new Reading.NotReadable(reason);
          }
        }
      };
    }
  }
}
