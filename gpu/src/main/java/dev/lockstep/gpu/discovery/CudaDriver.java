package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import java.nio.file.Path;
import java.util.List;

/** The NVIDIA driver's library, {@code libcuda.so.1}. */
public sealed interface CudaDriver {

  /**
   * There is none that can be called.
   *
   * @param why what was looked for and found
   */
  record Absent(Availability why) implements CudaDriver {}

  /**
   * It is there and does not start.
   *
   * @param file where it lies
   * @param version the CUDA version it supports
   * @param why what it says
   */
  record Failing(Path file, CudaVersion version, Availability why) implements CudaDriver {}

  /**
   * It is there and has started.
   *
   * @param file where it lies
   * @param version the CUDA version it supports
   * @param hardware what its devices are
   * @param devices in its order, at least one
   */
  record Working(Path file, CudaVersion version, Hardware hardware, List<CudaDevice> devices)
      implements CudaDriver {
    public Working {
      devices = List.copyOf(devices);
    }

    /** {@code "EMULATED on the CPU, "} before anything that is said of an emulated device. */
    public String label() {
      return switch (hardware) {
        case REAL -> "";
        case EMULATED -> "EMULATED on the CPU, ";
      };
    }
  }
}
