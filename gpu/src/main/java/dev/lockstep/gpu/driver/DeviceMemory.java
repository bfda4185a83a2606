package dev.lockstep.gpu.driver;

import java.util.Locale;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/** Device memory that holds one tensor. */
public final class DeviceMemory extends Owned {

  /** JCuda's device pointer, which shows its address only to subclasses. */
  static final class Address extends CUdeviceptr {
    Address() {}

    private Address(Address from, long bytes) {
      super(from, bytes);
    }

    long value() {
      return getNativePointer() + getByteOffset();
    }

    Address plus(long bytes) {
      return new Address(this, bytes);
    }
  }

  private final Address address;
  private final String tensor;
  private final long bytes;

  private DeviceMemory(Address address, String tensor, long bytes) {
    this.address = address;
    this.tensor = tensor;
    this.bytes = bytes;
  }

  /**
   * Allocates device memory.
   *
   * @param tensor the name of its contents, for messages
   * @param bytes its size; at least 1 byte is allocated, so that an empty tensor has an address
   * @throws CudaFault naming the tensor, the bytes needed and the bytes free
   */
  public static DeviceMemory allocate(Context context, String tensor, long bytes) {
    Address address = new Address();
    int status = JCudaDriver.cuMemAlloc(address, Math.max(1, bytes));
    Status.driver(status, "allocation", tensor, status == 0 ? "" : shortage(context, bytes));
    return new DeviceMemory(address, tensor, bytes);
  }

  private static String shortage(Context context, long bytes) {
    try {
      Context.Memory memory = context.memory();
      return String.format(
          Locale.ROOT, " (%d bytes needed, %d of %d free)", bytes, memory.free(), memory.total());
    } catch (CudaFault alsoThat) {
      return String.format(Locale.ROOT, " (%d bytes needed)", bytes);
    }
  }

  /** The name of its contents. */
  public String tensor() {
    return tensor;
  }

  /** Its size in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Overwrites the first bytes, in the context's default stream. The host waits for the copy. */
  public void copyIn(PageableMemory source, long bytes) {
    Status.driver(
        JCudaDriver.cuMemcpyHtoD(at(0), source.pointer(), bytes), "copy to the device", tensor);
  }

  /** Copies out the first bytes, in the context's default stream. The host waits for the copy. */
  public void copyOut(PageableMemory target, long bytes) {
    Status.driver(
        JCudaDriver.cuMemcpyDtoH(target.pointer(), at(0), bytes), "copy to the host", tensor);
  }

  /** The address on the device, for the arguments of a kernel. */
  public long address() {
    return address.value();
  }

  /**
   * The address of the byte at an offset, for JCuda.
   *
   * @throws IndexOutOfBoundsException if the offset is outside of this memory
   */
  Address at(long offset) {
    if (offset < 0 || offset > bytes) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "%s has %d bytes, not %d", tensor, bytes, offset));
    }
    return address.plus(offset);
  }

  @Override
  void release() {
    Status.driver(JCudaDriver.cuMemFree(address), "release", tensor);
  }
}
