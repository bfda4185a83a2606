package dev.lockstep.bench.doctor;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of CUDA the loader finds on this machine.
 *
 * @param driver the CUDA version the driver supports, such as 12.4; null without a driver
 * @param devices devices it offers; 0 if it cannot start
 * @param cublas versions of cuBLAS found, such as 12.6.4
 */
record CudaMachine(@Nullable String driver, int devices, List<String> cublas) {

  private static final String DRIVER = "libcuda.so.1";

  CudaMachine {
    cublas = List.copyOf(cublas);
  }

  static CudaMachine look() {
    Optional<NativeLibrary> driver = NativeLibrary.find(DRIVER);
    return new CudaMachine(
        driver
            .flatMap(library -> library.ask("cuDriverGetVersion"))
            .map(CudaMachine::version)
            .orElse(null),
        driver.map(CudaMachine::devices).orElse(0),
        cublasVersions());
  }

  /** 1000 major + 10 minor, as the driver counts. */
  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  private static int devices(NativeLibrary driver) {
    return driver.call("cuInit", 0) == 0 ? driver.ask("cuDeviceGetCount").orElse(0) : 0;
  }

  private static List<String> cublasVersions() {
    return List.of("libcublas.so.13", "libcublas.so.12").stream()
        .flatMap(name -> NativeLibrary.find(name).stream())
        .map(
            library ->
                library.ask("cublasGetProperty", 0).orElse(0)
                    + "."
                    + library.ask("cublasGetProperty", 1).orElse(0)
                    + "."
                    + library.ask("cublasGetProperty", 2).orElse(0))
        .toList();
  }
}
