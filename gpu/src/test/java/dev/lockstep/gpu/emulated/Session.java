package dev.lockstep.gpu.emulated;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/**
 * A context, a non-blocking stream, the test kernels, and memory that goes with them: what every
 * test here needs.
 */
final class Session implements AutoCloseable {

  /** Device memory whose address can be had as a number. */
  static final class Memory extends CUdeviceptr {
    long address() {
      return getNativePointer() + getByteOffset();
    }
  }

  private static final Path PTX = Path.of("src", "test", "cuda", "emulator.ptx");

  final CUdevice device = new CUdevice();
  final CUstream stream = new CUstream();
  final CUmodule module = new CUmodule();
  private final List<Memory> memory = new ArrayList<>();
  private final List<Pointer> pinned = new ArrayList<>();

  Session() {
    this(ptx());
  }

  /** With the kernels of this PTX. */
  Session(String ptx) {
    check(cuInit(0));
    check(cuDeviceGet(device, 0));
    CUcontext context = new CUcontext();
    check(cuDevicePrimaryCtxRetain(context, device));
    check(cuCtxSetCurrent(context));
    check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    check(cuModuleLoadData(module, withTrailingNul(ptx)));
  }

  static void check(int status) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new AssertionError(CUresult.stringFor(status));
    }
  }

  static String ptx() {
    try {
      return Files.readString(PTX);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] withTrailingNul(String text) {
    return Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), text.length() + 1);
  }

  CUfunction kernel(String name) {
    CUfunction function = new CUfunction();
    check(cuModuleGetFunction(function, module, name));
    return function;
  }

  Memory allocate(long bytes) {
    Memory result = new Memory();
    check(cuMemAlloc(result, bytes));
    memory.add(result);
    return result;
  }

  /** What was allocated first. */
  Memory first() {
    return memory.getFirst();
  }

  Memory upload(float... values) {
    Memory result = allocate(4L * values.length);
    check(cuMemcpyHtoD(result, Pointer.to(values), 4L * values.length));
    return result;
  }

  Memory upload(int... values) {
    Memory result = allocate(4L * values.length);
    check(cuMemcpyHtoD(result, Pointer.to(values), 4L * values.length));
    return result;
  }

  Memory upload(long... values) {
    Memory result = allocate(8L * values.length);
    check(cuMemcpyHtoD(result, Pointer.to(values), 8L * values.length));
    return result;
  }

  /** A blocking copy. It does not wait for the non-blocking stream. */
  float[] floats(CUdeviceptr from, int count) {
    int[] bits = ints(from, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(bits[i]);
    }
    return values;
  }

  int[] ints(CUdeviceptr from, int count) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder());
    check(cuMemcpyDtoH(Pointer.to(buffer), from, 4L * count));
    int[] values = new int[count];
    buffer.asIntBuffer().get(values);
    return values;
  }

  long[] longs(CUdeviceptr from, int count) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(8 * count).order(ByteOrder.nativeOrder());
    check(cuMemcpyDtoH(Pointer.to(buffer), from, 8L * count));
    long[] values = new long[count];
    buffer.asLongBuffer().get(values);
    return values;
  }

  Pointer pinned(long bytes) {
    Pointer result = new Pointer();
    check(cuMemHostAlloc(result, bytes, 0));
    pinned.add(result);
    return result;
  }

  static ByteBuffer view(Pointer pinned, long bytes) {
    return pinned.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  /** The status of a launch on the stream, the grid in x only. */
  int launch(String kernel, int blocks, int threads, int sharedBytes, Object... arguments) {
    return launch(kernel(kernel), blocks, 1, threads, 1, sharedBytes, arguments);
  }

  int launch(
      CUfunction function,
      int blocksX,
      int blocksY,
      int threadsX,
      int threadsY,
      int sharedBytes,
      Object... arguments) {
    ByteBuffer table = parameters(arguments);
    return cuLaunchKernel(
        function,
        blocksX,
        blocksY,
        1,
        threadsX,
        threadsY,
        1,
        sharedBytes,
        stream,
        Pointer.to(table),
        null);
  }

  /** Launches, waits, and answers the status of the wait. */
  int run(String kernel, int blocks, int threads, int sharedBytes, Object... arguments) {
    check(launch(kernel, blocks, threads, sharedBytes, arguments));
    return synchronize();
  }

  int synchronize() {
    return cuStreamSynchronize(stream);
  }

  /** The table of addresses that cuLaunchKernel takes, and behind it the values, 16 bytes each. */
  private static ByteBuffer parameters(Object... arguments) {
    int values = 8 * (arguments.length + 1) / 16 * 16 + 16;
    ByteBuffer table =
        ByteBuffer.allocateDirect(values + 16 * (arguments.length + 1))
            .order(ByteOrder.nativeOrder());
    long base = MemorySegment.ofBuffer(table).address();
    for (int i = 0; i < arguments.length; i++) {
      int at = values + 16 * i;
      table.putLong(8 * i, base + at);
      switch (arguments[i]) {
        case Memory m -> table.putLong(at, m.address());
        case Long v -> table.putLong(at, v);
        case Integer v -> table.putInt(at, v);
        case Float v -> table.putFloat(at, v);
        case Byte v -> table.put(at, v);
        case ByteBuffer struct -> table.put(at, struct, 0, struct.capacity());
        default -> throw new IllegalArgumentException("no kernel parameter: " + arguments[i]);
      }
    }
    return table;
  }

  void free(Memory address) {
    memory.remove(address);
    check(cuMemFree(address));
  }

  @Override
  public void close() {
    memory.forEach(address -> check(cuMemFree(address)));
    pinned.forEach(address -> check(cuMemFreeHost(address)));
    check(cuModuleUnload(module));
    check(cuStreamDestroy(stream));
    check(cuDevicePrimaryCtxRelease(device));
  }

  /**
   * After the device has failed, nothing can be released one by one; the context takes all with it.
   */
  void abandon() {
    check(cuDevicePrimaryCtxRelease(device));
  }
}
