package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lockstep.backend.Availability;
import dev.lockstep.gpu.discovery.FakeLibraries.Driver;
import dev.lockstep.machine.NvidiaFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of machines with and without a driver, of which this one need be none. */
final class CudaMachineTest {

  @TempDir Path folder;

  private OtherMachine machine;

  @BeforeEach
  void prepare() throws Exception {
    FakeLibraries.assumeCompiler();
    machine = new OtherMachine(folder);
  }

  private String look(Driver driver, int device) throws Exception {
    driver.into(folder.resolve("driver"));
    return machine.with("LD_LIBRARY_PATH", folder.resolve("driver")).look(device);
  }

  @Test
  void sayThatThereIsNoDriver() throws Exception {
    assumeFalse(
        Stream.of("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu")
            .anyMatch(place -> Files.exists(Path.of(place, "libcuda.so.1"))),
        "this machine has a driver where the loader always finds it");
    assertThat(machine.look(0))
        .contains(
            "kernels: NO_DRIVER | no NVIDIA driver (libcuda.so.1 not found) | install one\n",
            "products: NO_DRIVER");
  }

  @Test
  void sayWhyADriverDoesNotLoad() throws Exception {
    Path file = folder.resolve("driver/libcuda.so.1");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "not a library");
    assertThat(machine.with("LD_LIBRARY_PATH", folder.resolve("driver")).look(0))
        .contains("kernels: NO_DRIVER | no NVIDIA driver that can be loaded (" + file)
        .contains("is not a shared library (no ELF header)");
  }

  @Test
  void nameTheDevices() throws Exception {
    FakeLibraries.cublas(folder.resolve("local/cuda-12.4/lib64"), 12);
    String output = look(Driver.GOOD, 1);
    assertThat(output)
        .contains("version=13.0")
        .contains(folder.resolve("driver/libcuda.so.1").toString())
        .contains("device 0, Fake 0, compute capability 9.0, 6144.0 MiB")
        .contains("bus: Optional[0000:01:00.0]\nbus: Optional.empty\n")
        .contains(
            "kernels: AVAILABLE REAL device 1, Fake 1, compute capability 9.1, 6144.0 MiB, driver"
                + " for CUDA 13.0\n")
        .contains(
            "products: AVAILABLE REAL device 1, Fake 1, compute capability 9.1, 6144.0 MiB, driver"
                + " for CUDA 13.0, cuBLAS 12 ("
                + folder.resolve("local/cuda-12.4/lib64/libcublas.so.12")
                + ")\n");
  }

  @Test
  void neverTakeAnEmulatedDeviceForARealOne() throws Exception {
    assertThat(look(Driver.GOOD, 0)).contains("hardware=REAL").doesNotContain("EMULATED");
    FakeLibraries.cublas(folder.resolve("local/cuda-12.4/lib64"), 12);
    assertThat(look(Driver.GOOD.emulated(), 0))
        .contains("hardware=EMULATED")
        .contains("kernels: AVAILABLE EMULATED EMULATED on the CPU, device 0, Fake 0, ")
        .contains("products: AVAILABLE EMULATED EMULATED on the CPU, device 0, Fake 0, ");
  }

  @Test
  void refuseADeviceThatIsNotThere() throws Exception {
    assertThat(look(Driver.GOOD, 2))
        .contains("kernels: NO_DEVICE | there is no device 2 (the driver offers device 0, Fake 0, ")
        .contains("; device 1, Fake 1, ")
        .contains("products: NO_DEVICE");
    assertThat(look(Driver.GOOD, -1)).contains("kernels: NO_DEVICE | there is no device -1 ");
  }

  @Test
  void refuseAnOldDriver() throws Exception {
    assertThat(look(Driver.GOOD.withVersion(11080), 0))
        .contains(
            "kernels: DRIVER_TOO_OLD | the NVIDIA driver is for CUDA 11.8, and 12.0 or newer is"
                + " needed | update it to version 525 or newer");
    assertThat(look(Driver.GOOD.withVersion(12000), 0)).contains("kernels: AVAILABLE");
  }

  @Test
  void sayThatThereIsNoDevice() throws Exception {
    String expected =
        String.format(
            Locale.ROOT,
            "kernels: DRIVER_FAILED | the NVIDIA driver (%s, for CUDA 13.0) offers no device",
            folder.resolve("driver/libcuda.so.1"));
    assertThat(look(Driver.GOOD.withDevices(0), 0)).contains(expected + "; likely cause: ");
    assertThat(look(Driver.GOOD.withInit(100), 0)).contains(expected + "; likely cause: ");
    machine.with("CUDA_VISIBLE_DEVICES", "7");
    assertThat(look(Driver.GOOD.withInit(100), 0))
        .contains(" offers no device with CUDA_VISIBLE_DEVICES=7; ")
        .contains("kernels: NO_DEVICE | ")
        .contains("unset CUDA_VISIBLE_DEVICES");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 34})
  void tellTheToolkitsStubFromADriver(int ofVersion) throws Exception {
    machine.with("STUB_VERSION_STATUS", ofVersion);
    assertThat(look(Driver.GOOD.withInit(34), 0))
        .contains("kernels: NO_DRIVER | the NVIDIA driver (" + folder)
        .contains("answers cuInit with error 34 (CUDA_ERROR_STUB_LIBRARY)")
        .contains("is the toolkit's stub");
  }

  @Test
  void passOnWhatTheDriverSays() throws Exception {
    assertThat(look(Driver.GOOD.withInit(999), 0))
        .contains("kernels: DRIVER_FAILED | the NVIDIA driver (")
        .contains("answers cuInit with error 999 (CUDA_ERROR_UNKNOWN)");
    assertThat(look(Driver.GOOD.withInit(12345), 0)).contains("answers cuInit with error 12345;");
    assertThat(look(Driver.GOOD, 0)).contains("kernels: AVAILABLE");
    machine.with("STUB_VERSION_STATUS", 3);
    assertThat(look(Driver.GOOD, 0)).contains("answers cuDriverGetVersion with error 3 ");
  }

  @Test
  void refuseAnOldDevice() throws Exception {
    assertThat(look(Driver.GOOD.withCapability(7, 0), 0))
        .contains(
            "kernels: COMPUTE_CAPABILITY | device 0 (Fake 0) has compute capability 7.0, and 7.5 or"
                + " newer is needed\n");
    assertThat(look(Driver.GOOD.withCapability(7, 5), 0))
        .contains("kernels: AVAILABLE")
        .contains(
            "tensor cores: COMPUTE_CAPABILITY | device 0 (Fake 0) has compute capability 7.5, and"
                + " 8.0 or newer is needed\n");
    assertThat(look(Driver.GOOD.withCapability(12, 1), 0)).contains("kernels: AVAILABLE");
  }

  @Test
  void refuseOtherPlatforms() {
    Environment environment = new Environment(Map.of(), folder, new NvidiaFiles(folder));
    for (String[] platform :
        new String[][] {{"Mac OS X", "aarch64"}, {"Linux", "aarch64"}, {"Windows 11", "amd64"}}) {
      assertThat(CudaMachine.look(environment, platform[0], platform[1]).kernels(0))
          .isEqualTo(
              new Availability.Unsupported(
                  new Availability.Reason(
                      Availability.Cause.PLATFORM,
                      "the CUDA backends are for Linux on amd64, and this is "
                          + platform[0]
                          + " on "
                          + platform[1])));
    }
  }

  @Test
  void sayHowMuchMemoryIsMissing() {
    CudaDevice device =
        new CudaDevice(1, "Fake 1", new ComputeCapability(9, 0), 80L << 30, Optional.empty());
    assertThat(device.outOfMemory((81L << 30) + (1 << 29), 5L << 30))
        .hasToString(
            "81.50 GiB needed on device 1 (Fake 1), which has 5120.0 MiB free of 80.00 GiB: choose"
                + " a smaller network or batch, or another device");
    assertThat(device.outOfMemory(6L << 30, 5L << 30).toString())
        .contains("6144.0 MiB needed", "nvidia-smi");
  }
}
