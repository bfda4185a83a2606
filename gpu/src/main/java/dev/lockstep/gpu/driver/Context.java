package dev.lockstep.gpu.driver;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * The primary context of a device, which all users of the device in a process share. It is current
 * on the thread that opened it.
 */
public final class Context extends Owned {
  private final CUdevice device;
  private final CUcontext context;
  private final String name;

  private Context(CUdevice device, CUcontext context, String name) {
    this.device = device;
    this.context = context;
    this.name = name;
  }

  /**
   * Retains the primary context and makes it current.
   *
   * @param ordinal the device's number, from 0
   * @throws CudaFault if the device cannot be used
   */
  public static Context open(int ordinal) {
    String name = "device " + ordinal;
    Status.driver(JCudaDriver.cuInit(0), "start of the driver", name);
    CUdevice device = new CUdevice();
    Status.driver(JCudaDriver.cuDeviceGet(device, ordinal), "choice", name);
    CUcontext context = new CUcontext();
    Status.driver(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "context", name);
    Context opened = new Context(device, context, name);
    try {
      opened.makeCurrent();
    } catch (CudaFault e) {
      try {
        opened.close();
      } catch (CudaFault another) {
        e.addSuppressed(another);
      }
      throw e;
    }
    return opened;
  }

  /** Makes the context current on the calling thread, so that the thread may use it. */
  public void makeCurrent() {
    Status.driver(JCudaDriver.cuCtxSetCurrent(context), "context", name);
  }

  /**
   * The device's memory.
   *
   * @param free bytes
   * @param total bytes
   */
  public record Memory(long free, long total) {}

  /** Asks for the device's memory as it is now. */
  public Memory memory() {
    long[] free = new long[1];
    long[] total = new long[1];
    Status.driver(JCudaDriver.cuMemGetInfo(free, total), "memory", name);
    return new Memory(free[0], total[0]);
  }

  /** The number of the device's streaming multiprocessors. */
  public int multiprocessors() {
    return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  }

  /** The size in bytes of the L2 cache, which all multiprocessors share. */
  public int cacheBytes() {
    return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
  }

  private int attribute(int attribute) {
    int[] value = new int[1];
    Status.driver(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "attributes", name);
    return value[0];
  }

  @Override
  void release() {
    Status.driver(JCudaDriver.cuDevicePrimaryCtxRelease(device), "release", name);
  }
}
