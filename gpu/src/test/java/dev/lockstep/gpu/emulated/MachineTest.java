package dev.lockstep.gpu.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.gpu.emulated.EmulatedDevice.Cublas;
import dev.lockstep.gpu.emulated.EmulatedDevice.Property;
import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other machines can be presented, and modules are read as their drivers read them. */
@ExtendWith(FreshDevice.class)
final class MachineTest {

  @Test
  void withoutADeviceInitialisationSaysSo(EmulatedDevice device) {
    device.present(Property.EMULATED_CUDA_DEVICES, "0");
    assertThat(JCudaDriver.cuInit(0)).isEqualTo(CUresult.CUDA_ERROR_NO_DEVICE);
    assertThat(JCudaDriver.cuCtxSynchronize()).isEqualTo(CUresult.CUDA_ERROR_NOT_INITIALIZED);
  }

  @Test
  void twoDevicesHaveContextsOfTheirOwn(EmulatedDevice device) {
    device.present(Property.EMULATED_CUDA_DEVICES, "2");
    int[] count = new int[1];
    try (Session session = new Session()) {
      Session.check(JCudaDriver.cuDeviceGetCount(count));
      assertThat(count[0]).isEqualTo(2);
      CUdevice second = new CUdevice();
      Session.check(JCudaDriver.cuDeviceGet(second, 1));
      assertThat(JCudaDriver.cuDeviceGet(new CUdevice(), 2))
          .isEqualTo(CUresult.CUDA_ERROR_INVALID_DEVICE);
      CUcontext other = new CUcontext();
      Session.check(JCudaDriver.cuDevicePrimaryCtxRetain(other, second));
      Session.check(JCudaDriver.cuCtxPushCurrent(other));
      // The first device's stream is none of the second's.
      assertThat(JCudaDriver.cuStreamSynchronize(session.stream))
          .isEqualTo(CUresult.CUDA_ERROR_INVALID_HANDLE);
      CUstream own = new CUstream();
      Session.check(JCudaDriver.cuStreamCreate(own, 0));
      Session.check(JCudaDriver.cuStreamDestroy(own));
      Session.check(JCudaDriver.cuCtxPopCurrent(new CUcontext()));
      Session.check(JCudaDriver.cuDevicePrimaryCtxRelease(second));
    }
  }

  @Test
  void propertiesAreSeenThroughTheApi(EmulatedDevice device) {
    device.present(Property.EMULATED_CUDA_CAPABILITY, "7.5");
    device.present(Property.EMULATED_CUDA_DRIVER, "13.0");
    device.present(Property.EMULATED_CUDA_MEMORY, "33");
    int[] value = new int[1];
    long[] bytes = new long[1];
    try (Session session = new Session()) {
      Session.check(JCudaDriver.cuDriverGetVersion(value));
      assertThat(value[0]).isEqualTo(13000);
      assertThat(
              attribute(session, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR))
          .isEqualTo(7);
      assertThat(
              attribute(session, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR))
          .isEqualTo(5);
      assertThat(attribute(session, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_WARP_SIZE))
          .isEqualTo(32);
      assertThat(attribute(session, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK))
          .isEqualTo(1024);
      assertThat(
              attribute(
                  session,
                  CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN))
          .isEqualTo(64 << 10);
      Session.check(JCudaDriver.cuDeviceTotalMem(bytes, session.device));
      assertThat(bytes[0]).isEqualTo(33L << 20);
      byte[] name = new byte[64];
      Session.check(JCudaDriver.cuDeviceGetName(name, name.length, session.device));
      assertThat(new String(name, StandardCharsets.US_ASCII))
          .startsWith("Emulated CUDA device 0, sm_75\0");
    }
    assertThatThrownBy(() -> device.present(Property.EMULATED_CUDA_DEVICES, "3"))
        .hasMessage("EMULATED_CUDA_DEVICES cannot be 3");
  }

  private static int attribute(Session session, int attribute) {
    int[] value = new int[1];
    Session.check(JCudaDriver.cuDeviceGetAttribute(value, attribute, session.device));
    return value[0];
  }

  @ParameterizedTest
  @CsvSource({
    "12.6, 9.0, 7.8, 75, CUDA_SUCCESS",
    "12.6, 9.0, 8.5, 90, CUDA_SUCCESS",
    "12.6, 9.0, 9.0, 75, CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
    "13.0, 9.0, 9.0, 75, CUDA_SUCCESS",
    "11.4, 9.0, 7.8, 75, CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
    "12.6, 7.5, 7.8, 75, CUDA_SUCCESS",
    "12.6, 7.5, 7.8, 80, CUDA_ERROR_NO_BINARY_FOR_GPU"
  })
  void aDriverReadsPtxUpToItsVersionForDevicesUpToItsTarget(
      String driver,
      String capability,
      String version,
      String target,
      String status,
      EmulatedDevice device) {
    device.present(Property.EMULATED_CUDA_DRIVER, "13.0");
    try (Session _ = new Session()) {
      device.present(Property.EMULATED_CUDA_DRIVER, driver);
      device.present(Property.EMULATED_CUDA_CAPABILITY, capability);
      String ptx =
          Session.ptx()
              .replace(".version 7.8", ".version " + version)
              .replace("sm_75", "sm_" + target);
      CUmodule module = new CUmodule();
      int loaded = JCudaDriver.cuModuleLoadData(module, Session.withTrailingNul(ptx));
      assertThat(CUresult.stringFor(loaded)).isEqualTo(status);
      if (loaded == CUresult.CUDA_SUCCESS) {
        Session.check(JCudaDriver.cuModuleUnload(module));
      }
    }
  }

  @Test
  void ptxThatIsNotOfTheSourceIsReported(EmulatedDevice device) {
    try (Session _ = new Session()) {
      String ptx = Session.ptx();
      assertThat(load(ptx.replace("entry digest(", "entry digests(")))
          .isEqualTo(CUresult.CUDA_ERROR_INVALID_IMAGE);
      assertThat(device.firstFault().orElseThrow()).contains("a kernel digests that no source");
      device.forgetFaults();
      assertThat(load(ptx.replace(".param .u32 divide_param_1", ".param .u64 divide_param_1")))
          .isEqualTo(CUresult.CUDA_ERROR_INVALID_IMAGE);
      assertThat(device.firstFault().orElseThrow())
          .contains(
              "kernel divide has parameters of 8 8 bytes in the PTX and of 8 4 bytes in the"
                  + " source");
      device.forgetFaults();
      assertThat(load("\177ELF")).isEqualTo(CUresult.CUDA_ERROR_INVALID_PTX);
      assertThat(device.firstFault()).isPresent();
      device.forgetFaults();
      assertThat(load(ptx + "\u0001")).isEqualTo(CUresult.CUDA_ERROR_INVALID_PTX);
      assertThat(device.firstFault().orElseThrow()).contains("is the trailing NUL missing?");
      device.forgetFaults();
      assertThat(load(ptx.substring(0, ptx.lastIndexOf('}'))))
          .isEqualTo(CUresult.CUDA_ERROR_INVALID_PTX);
      device.forgetFaults();
    }
  }

  private static int load(String ptx) {
    return JCudaDriver.cuModuleLoadData(new CUmodule(), Session.withTrailingNul(ptx));
  }

  @Test
  void statusesAreThoseOfCuda() throws ReflectiveOperationException {
    try (Session _ = new Session()) {
      int known = 0;
      for (Field field : CUresult.class.getFields()) {
        String[] name = new String[1];
        if (field.getType() == int.class
            && JCudaDriver.cuGetErrorName(field.getInt(null), name) == CUresult.CUDA_SUCCESS) {
          assertThat(name[0]).isEqualTo(field.getName());
          known++;
        }
      }
      assertThat(known).isGreaterThan(25);
    }
  }

  @Test
  void whatTheDriverDoesNotEmulateIsReported(EmulatedDevice device) {
    try (Session _ = new Session()) {
      assertThat(JCudaDriver.cuCtxSetLimit(0, 1)).isEqualTo(CUresult.CUDA_ERROR_NOT_SUPPORTED);
      assertThat(device.firstFault()).contains("cuCtxSetLimit is not emulated");
      device.forgetFaults();
    }
  }

  @Test
  void aMachineWithCuda13HasOnlyItsOwnCublas() throws Exception {
    String file =
        Files.readString(EmulatedDevice.cublas(Cublas.VERSION_13), StandardCharsets.ISO_8859_1);
    // The soname and the version of every symbol, and not those of 12.
    assertThat(file).contains("\0libcublas.so.13\0").doesNotContain("libcublas.so.12");
    try (Arena arena = Arena.ofConfined()) {
      // JCuda knows only cuBLAS 12.
      NativeLibrary library =
          NativeLibrary.open(EmulatedDevice.cublas(Cublas.VERSION_13).toString());
      MemorySegment version = arena.allocate(ValueLayout.JAVA_INT);
      assertThat(library.call("cublasGetVersion_v2", MemorySegment.NULL, version)).isEqualTo(0);
      assertThat(version.get(ValueLayout.JAVA_INT, 0)).isEqualTo(130000);
    }
  }
}
