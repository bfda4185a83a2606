package dev.lockstep.gpu.driver;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** Kernels that the driver has compiled for a device. */
public final class KernelModule extends Owned {
  private final CUmodule module = new CUmodule();

  private KernelModule() {}

  /**
   * Compiles PTX for the device of the current context.
   *
   * @throws CudaFault if the driver refuses the PTX
   */
  public static KernelModule load(String ptx) {
    KernelModule loaded = new KernelModule();
    // The driver reads up to a NUL, which JCuda does not add.
    byte[] text = (ptx + '\0').getBytes(StandardCharsets.US_ASCII);
    Status.driver(JCudaDriver.cuModuleLoadData(loaded.module, text), "loading", "the kernels' PTX");
    return loaded;
  }

  /**
   * Looks a kernel up by its name.
   *
   * @throws CudaFault if there is no such kernel
   */
  public Kernel kernel(String name) {
    CUfunction function = new CUfunction();
    Status.driver(
        JCudaDriver.cuModuleGetFunction(function, module, name), "lookup", "kernel " + name);
    return new Kernel(function, name);
  }

  @Override
  void release() {
    Status.driver(JCudaDriver.cuModuleUnload(module), "release", "the kernels");
  }
}
