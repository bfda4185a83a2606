package dev.lockstep.gpu.driver;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** Kernels compiled for the device by its driver. */
public final class KernelModule implements Closing.Resource {
  private final CUmodule module = new CUmodule();
  private boolean closed;

  private KernelModule() {}

  /**
   * Compiles PTX for the current device.
   *
   * @throws CudaFault if the driver refuses it
   */
  public static KernelModule load(String ptx) {
    KernelModule loaded = new KernelModule();
    // The driver reads up to a NUL, which JCuda does not add.
    byte[] text = (ptx + '\0').getBytes(StandardCharsets.US_ASCII);
    Status.driver(JCudaDriver.cuModuleLoadData(loaded.module, text), "loading", "the kernels' PTX");
    return loaded;
  }

  /**
   * A kernel by its name.
   *
   * @throws CudaFault if there is none
   */
  public Kernel kernel(String name) {
    CUfunction function = new CUfunction();
    Status.driver(
        JCudaDriver.cuModuleGetFunction(function, module, name), "lookup", "kernel " + name);
    return new Kernel(function, name);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Status.driver(JCudaDriver.cuModuleUnload(module), "release", "the kernels");
    }
  }
}
