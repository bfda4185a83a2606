package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import java.nio.file.Path;
import java.util.List;

/** What became of starting the NVIDIA driver, {@code libcuda.so.1}. */
public sealed interface CudaDriver {

  /**
   * There is no driver that can be called.
   *
   * @param why what was looked for and what was found
   */
  record Absent(Availability why) implements CudaDriver {}

  /**
   * There is a driver that does not start, or that offers no device.
   *
   * @param file the library
   * @param version the newest CUDA version it supports; 0.0 if it does not say
   * @param hardware whether its devices would be real or emulated
   * @param why the error
   */
  record Failing(Path file, CudaVersion version, Hardware hardware, Availability why)
      implements CudaDriver {}

  /**
   * The driver has started.
   *
   * @param file the library
   * @param version the newest CUDA version it supports
   * @param hardware whether its devices are real or emulated
   * @param devices in the driver's order, at least one
   */
  record Working(Path file, CudaVersion version, Hardware hardware, List<CudaDevice> devices)
      implements CudaDriver {
    public Working {
      devices = List.copyOf(devices);
    }

    /** A prefix for what is reported of a device: {@code "EMULATED on the CPU, "} or nothing. */
    public String label() {
      return switch (hardware) {
        case REAL -> "";
        case EMULATED -> "EMULATED on the CPU, ";
      };
    }
  }
}
