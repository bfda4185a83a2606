package dev.lockstep.bench.sensors;

import dev.lockstep.bench.sensors.NvmlProbe.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * The sensors of one GPU. Constants are those of {@code nvml.h}.
 *
 * <p>Power is a mean computed by the driver, over the last second on most devices; the energy
 * counter advances every 20 to 100 ms.
 */
final class GpuSensors implements EnergyCounter {
  private static final int CLOCK_SM = 1;
  private static final int CLOCK_MEMORY = 2;
  private static final int TEMPERATURE_GPU = 0;
  private static final int MICROJOULES_OF_A_MILLIJOULE = 1000;

  /** Reasons for lowered clocks, by bit number. */
  private static final List<String> REASONS =
      List.of(
          "idle",
          "application clocks",
          "power cap",
          "hardware slowdown",
          "sync boost",
          "thermal slowdown by software",
          "thermal slowdown by hardware",
          "power brake",
          "display clocks");

  /** The bits for power and heat limits. */
  private static final long SLOWED = 0b0_1110_1100;

  private final NvmlProcess nvml;

  private GpuSensors(NvmlProcess nvml) {
    this.nvml = nvml;
  }

  /**
   * Finds a device.
   *
   * @param library the path or name of the management library
   * @param busId the device's PCI address, such as {@code 0000:01:00.0}
   */
  static GpuSensors at(String library, String busId) throws NotReadableException {
    return new GpuSensors(NvmlProcess.start(library, busId));
  }

  Reading.Quantity clock() throws NotReadableException {
    return megahertz("nvmlDeviceGetClockInfo", CLOCK_SM);
  }

  Reading.Quantity memoryClock() throws NotReadableException {
    return megahertz("nvmlDeviceGetClockInfo", CLOCK_MEMORY);
  }

  Reading.Quantity highestClock() throws NotReadableException {
    return megahertz("nvmlDeviceGetMaxClockInfo", CLOCK_SM);
  }

  private Reading.Quantity megahertz(String function, int kind) throws NotReadableException {
    return new Reading.Quantity(nvml.ask(Form.NUMBER, function, kind), "MHz");
  }

  Reading.Quantity power() throws NotReadableException {
    return watts("nvmlDeviceGetPowerUsage");
  }

  Reading.Quantity powerLimit() throws NotReadableException {
    return watts("nvmlDeviceGetEnforcedPowerLimit");
  }

  private Reading.Quantity watts(String function) throws NotReadableException {
    return new Reading.Quantity(nvml.ask(Form.NUMBER, function) / 1e3, "W");
  }

  Reading.Quantity temperature() throws NotReadableException {
    return new Reading.Quantity(
        nvml.ask(Form.NUMBER, "nvmlDeviceGetTemperature", TEMPERATURE_GPU), "C");
  }

  Reading.Word errorCorrection() throws NotReadableException {
    return new Reading.Word(
        nvml.ask(Form.FIRST_OF_TWO, "nvmlDeviceGetEccMode") != 0 ? "on" : "off");
  }

  /** All current reasons for lowered clocks. */
  Reading.Word lowered() throws NotReadableException {
    long bits = reasons();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < REASONS.size(); i++) {
      if ((bits >> i & 1) != 0) {
        names.add(REASONS.get(i));
      }
    }
    return new Reading.Word(names.isEmpty() ? "nothing" : String.join(", ", names));
  }

  /** Whether power or heat limits lower the clocks now: 1 or 0. */
  Reading.Quantity slowed() throws NotReadableException {
    return new Reading.Quantity((reasons() & SLOWED) == 0 ? 0 : 1, "yes/no");
  }

  private long reasons() throws NotReadableException {
    return nvml.ask(Form.WIDE, "nvmlDeviceGetCurrentClocksThrottleReasons");
  }

  @Override
  public long[] microjoules() throws NotReadableException {
    return new long[] {
      MICROJOULES_OF_A_MILLIJOULE * nvml.ask(Form.WIDE, "nvmlDeviceGetTotalEnergyConsumption")
    };
  }

  /** The counter does not wrap; it restarts when the driver is reloaded. */
  @Override
  public long[] ranges() {
    return new long[] {Long.MAX_VALUE};
  }
}
