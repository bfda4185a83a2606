package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.discovery.FakeLibraries.Driver;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a device that gives no context, or takes no kernels. */
final class OpeningTest {

  @TempDir Path folder;

  private OtherMachine machine;

  @BeforeEach
  void prepare() throws Exception {
    FakeLibraries.assumeCompiler();
    Driver.GOOD.into(folder.resolve("driver"));
    machine = new OtherMachine(folder).with("LD_LIBRARY_PATH", folder.resolve("driver"));
  }

  @Test
  void aSoundDeviceOpens() throws Exception {
    assertThat(machine.open(1)).isEqualTo("done");
  }

  @Tag("thorough")
  @ParameterizedTest
  @CsvSource({
    "2, 0, DEVICE_FULL, (CUDA_ERROR_OUT_OF_MEMORY)",
    "46, 0, DEVICE_BUSY, (CUDA_ERROR_DEVICE_UNAVAILABLE)",
    "46, 2, PROHIBITED, sudo nvidia-smi -i 1 -c DEFAULT",
    "46, 3, EXCLUSIVE, nvidia-smi -i 1 -c DEFAULT",
    "101, 0, INVALID_DEVICE, (CUDA_ERROR_INVALID_DEVICE)",
    "214, 0, MEMORY_FAULT, nvidia-smi --gpu-reset -i 1",
    "802, 0, SYSTEM_NOT_READY, nvidia-fabricmanager",
    "999, 0, UNKNOWN_OF_CONTEXT, (CUDA_ERROR_UNKNOWN)",
    "54321, 0, OTHER, error 54321"
  })
  void noContext(int status, int mode, String trouble, String said) throws Exception {
    assertThat(machine.with("STUB_CONTEXT", status).with("STUB_MODE", mode).open(1))
        .startsWith(trouble + " | device 1 (Fake 1) gives no context: error " + status)
        .contains(said)
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "218, REFUSED_PTX",
    "222, OLD_COMPILER",
    "209, NO_CODE_FOR_DEVICE",
    "221, NO_COMPILER"
  })
  void noKernels(int status, String trouble) throws Exception {
    machine
        .with("STUB_MODULE", status)
        .with("STUB_LOG", "ptxas application ptx input, line 9;\n  x");
    assertThat(machine.open(0))
        .startsWith(trouble + " | device 0 (Fake 0) does not take the kernels (PTX ")
        .containsPattern("\\(PTX \\d\\.\\d, driver for CUDA 13\\.0\\): error " + status)
        .contains(
            "the driver's compiler says: ptxas application ptx input, line 9; x; likely cause")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "STUB_CRASH_IN, cuDevicePrimaryCtxRetain, DRIVER_CRASHED",
    "STUB_CRASH_IN, cuModuleLoadDataEx, DRIVER_CRASHED",
    "STUB_EXIT_IN, cuModuleLoadDataEx, DRIVER_CRASHED",
    "STUB_HANG_IN, cuDevicePrimaryCtxRetain, DRIVER_HUNG"
  })
  void aDriverThatBreaksDown(String variable, String function, String trouble) throws Exception {
    machine.with(variable, function);
    // The limit is for the opening alone; a busy machine may take longer to look.
    assertThat(trouble.equals("DRIVER_HUNG") ? machine.open(0, 1) : machine.open(0))
        .startsWith(trouble + " | the NVIDIA driver (")
        .contains(" in " + function);
  }
}
