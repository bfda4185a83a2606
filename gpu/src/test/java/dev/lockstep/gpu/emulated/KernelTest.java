package dev.lockstep.gpu.emulated;

import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_FAILED;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_FOUND;
import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.emulated.EmulatedDevice.Property;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The very .cu source runs, with the device's arithmetic, and its mistakes between threads show.
 */
@ExtendWith(FreshDevice.class)
final class KernelTest {

  private static final long SEED = 20261124;

  @ParameterizedTest
  @CsvSource({"1,1,1", "7,33,129", "33,7,250", "16,16,16", "129,1021,33", "1,250,784"})
  void aTiledProductHasTheBitsOfOneChain(int m, int n, int k) {
    Random random = new Random(SEED);
    float[] a = values(random, m * k);
    float[] b = values(random, k * n);
    int[] expected = new int[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = 0;
        for (int t = 0; t < k; t++) {
          sum = Math.fma(a[i * k + t], b[t * n + j], sum);
        }
        expected[i * n + j] = Float.floatToRawIntBits(sum);
      }
    }
    try (Session session = new Session()) {
      Session.Memory c = session.allocate(4L * m * n);
      int status =
          session.launch(
              session.kernel("product"),
              (n + 15) / 16,
              (m + 15) / 16,
              16,
              16,
              0,
              session.upload(a),
              session.upload(b),
              c,
              m,
              n,
              k);
      Session.check(status);
      Session.check(session.synchronize());
      assertThat(session.ints(c, m * n)).as("seed %d", SEED).isEqualTo(expected);
    }
  }

  @Test
  void warpsExchangeAndVote() {
    int[] in = new Random(SEED).ints(96, -1000, 1000).toArray();
    try (Session session = new Session()) {
      Session.Memory sums = session.allocate(12);
      Session.Memory least = session.allocate(12);
      Session.Memory votes = session.allocate(12);
      Session.check(session.run("warp_results", 1, 96, 0, session.upload(in), sums, least, votes));
      for (int warp = 0; warp < 3; warp++) {
        int[] own = Arrays.copyOfRange(in, 32 * warp, 32 * warp + 32);
        assertThat(session.ints(sums, 3)[warp]).isEqualTo(Arrays.stream(own).sum());
        assertThat(session.ints(least, 3)[warp]).isEqualTo(Arrays.stream(own).min().orElseThrow());
        int even = IntStream.range(0, 32).filter(i -> own[i] % 2 == 0).map(i -> 1 << i).sum();
        assertThat(session.ints(votes, 3)[warp]).isEqualTo(even);
      }
    }
  }

  @Test
  void partsOfAWarpExchangeAmongThemselves() {
    ByteBuffer values = ByteBuffer.allocateDirect(8 * 32).order(ByteOrder.nativeOrder());
    for (int i = 0; i < 32; i++) {
      values.putDouble(8 * i, i);
    }
    try (Session session = new Session()) {
      Session.Memory device = session.allocate(8 * 32);
      Session.check(cuMemcpyHtoD(device, Pointer.to(values), 8 * 32));
      Session.check(session.run("half_warp_sums", 1, 32, 0, device));
      Session.check(cuMemcpyDtoH(Pointer.to(values), device, 8 * 32));
      for (int i = 0; i < 32; i++) {
        assertThat(values.getDouble(8 * i)).isEqualTo(i < 16 ? 120 : 376);
      }
    }
  }

  @Test
  void atomicsSumOverAllThreads() {
    float[] x = values(new Random(SEED), 1021);
    long expected = 0;
    for (int i = 0; i < x.length; i++) {
      expected += (Float.floatToRawIntBits(x[i]) & 0xffffffffL) * (i + 1);
    }
    try (Session session = new Session()) {
      Session.Memory sum = session.upload(0, 0);
      Session.Memory least = session.upload(Integer.MAX_VALUE);
      Session.check(session.run("digest", 8, 128, 0, session.upload(x), x.length, sum, least));
      ByteBuffer result = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
      Session.check(cuMemcpyDtoH(Pointer.to(result), sum, 8));
      assertThat(result.getLong(0)).isEqualTo(expected);
      assertThat(session.ints(least, 1)).containsExactly(0);
    }
  }

  @Test
  void structsBytesAndVectorsArePassedAsTheDeviceLaysThemOut() {
    ByteBuffer pair =
        ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).putFloat(0, 2f).putDouble(8, 0.5);
    try (Session session = new Session()) {
      Session.Memory values = session.upload(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);
      Session.check(session.run("scale_quads", 1, 32, 0, values, pair, 2, (byte) 3));
      assertThat(session.floats(values, 8))
          .containsExactly(3.5f, 5.5f, 7.5f, 9.5f, 11.5f, 13.5f, 15.5f, 17.5f);
    }
  }

  @Test
  void parametersMayComePackedInOneBuffer() {
    try (Session session = new Session()) {
      Session.Memory x = session.upload(1f, 2f);
      ByteBuffer packed = ByteBuffer.allocateDirect(32).order(ByteOrder.nativeOrder());
      packed.putLong(0, x.address()).putLong(8, x.address()).putLong(16, x.address());
      packed.putFloat(24, 3f).putInt(28, 2);
      ByteBuffer size = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putLong(0, 32);
      ByteBuffer extra = ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder());
      // CU_LAUNCH_PARAM_BUFFER_POINTER, CU_LAUNCH_PARAM_BUFFER_SIZE, CU_LAUNCH_PARAM_END
      extra.putLong(0, 1).putLong(8, MemorySegment.ofBuffer(packed).address());
      extra.putLong(16, 2).putLong(24, MemorySegment.ofBuffer(size).address());
      CUfunction axpy = session.kernel("axpy");
      Session.check(
          cuLaunchKernel(axpy, 1, 1, 1, 32, 1, 1, 0, session.stream, null, Pointer.to(extra)));
      Session.check(session.synchronize());
      assertThat(session.floats(x, 2)).containsExactly(4f, 8f);
      size.putLong(0, 31);
      assertThat(
              cuLaunchKernel(axpy, 1, 1, 1, 32, 1, 1, 0, session.stream, null, Pointer.to(extra)))
          .isEqualTo(CUDA_ERROR_INVALID_VALUE);
    }
  }

  @Test
  void onlyAnExplicitFmaIsFusedAndSubnormalsStay() {
    float a = 1 + Math.ulp(1f);
    float b = 1 - Math.ulp(0.5f);
    float least = 3 * Float.MIN_VALUE;
    try (Session session = new Session()) {
      Session.Memory out = session.allocate(20);
      Session.check(session.run("rounding", 1, 1, 0, out, a, b, -1f, least));
      assertThat(session.floats(out, 5))
          .containsExactly(
              Math.fma(a, b, -1f), a * b - 1f, least * 0.5f, a / b, (float) Math.sqrt(a));
      assertThat(Math.fma(a, b, -1f)).isNotEqualTo(a * b - 1f);
      assertThat(least * 0.5f).isNotZero();
    }
  }

  @Test
  void sharedMemoryIsPoisonedForEveryBlock() {
    try (Session session = new Session()) {
      Session.Memory out = session.allocate(4 * 5 * 3 * 33);
      Session.check(session.run("unwritten_shared", 5, 33, 4 * 33, out, 1));
      assertThat(session.ints(out, 5 * 3 * 33)).containsOnly(-1);
      Session.check(session.run("unwritten_in_function", 5, 33, 0, out, 1));
      assertThat(session.ints(out, 5 * 33)).containsOnly(-1);
    }
  }

  @Test
  void theOrderOfBlocksFollowsTheSeed(EmulatedDevice device) {
    int[] first = blockOrder(device, "1");
    assertThat(first).isNotEqualTo(IntStream.range(0, 129).toArray());
    assertThat(Arrays.stream(first).sorted().toArray())
        .isEqualTo(IntStream.range(0, 129).toArray());
    assertThat(blockOrder(device, "1")).isEqualTo(first);
    assertThat(blockOrder(device, "2")).isNotEqualTo(first);
  }

  private static int[] blockOrder(EmulatedDevice device, String seed) {
    device.reset();
    device.present(Property.EMULATED_CUDA_SEED, seed);
    try (Session session = new Session()) {
      Session.Memory order = session.allocate(4 * 129);
      Session.check(session.run("block_order", 129, 7, 0, order, session.upload(0)));
      return session.ints(order, 129);
    }
  }

  @Test
  void aMissingBarrierShows() {
    int[] neighbours = IntStream.range(0, 250).map(i -> (i + 1) % 250).toArray();
    try (Session session = new Session()) {
      Session.Memory out = session.allocate(4 * 250);
      Session.check(session.run("neighbour", 1, 250, 0, out, 1));
      assertThat(session.ints(out, 250)).isEqualTo(neighbours);
      Session.check(session.run("neighbour", 1, 250, 0, out, 0));
      assertThat(session.ints(out, 250)).isNotEqualTo(neighbours);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"barrier_below", "two_barriers", "exchange_below"})
  void aDivergentBarrierIsReported(String kernel, EmulatedDevice device) {
    Session session = new Session();
    Session.Memory out = session.allocate(4 * 33);
    assertThat(session.run(kernel, 1, 33, 0, out, kernel.equals("two_barriers") ? 0 : 33)).isZero();
    Session.check(session.launch(kernel, 1, 33, 0, out, 7));
    assertThat(session.synchronize()).isEqualTo(CUDA_ERROR_LAUNCH_FAILED);
    assertThat(device.firstFault().orElseThrow())
        .startsWith("kernel " + kernel + ", block (0,0,0): divergent barrier: ")
        .containsPattern(
            "7 threads \\(0 the first\\) wait for (the block|their warp) at line \\d+ of"
                + " .+emulator.cu")
        .contains("26 threads (7 the first) ");
    device.forgetFaults();
    session.abandon();
  }

  @Test
  void anIntegerDivisionByZeroIsReported(EmulatedDevice device) {
    Session session = new Session();
    Session.Memory out = session.allocate(4 * 7);
    Session.check(session.run("divide", 1, 7, 0, out, 2));
    Session.check(session.launch("divide", 1, 7, 0, out, 0));
    assertThat(session.synchronize()).isEqualTo(CUDA_ERROR_LAUNCH_FAILED);
    assertThat(device.firstFault().orElseThrow())
        .contains("kernel divide")
        .contains("divided by the integer zero");
    device.forgetFaults();
    session.abandon();
  }

  @Test
  void dynamicSharedMemoryIsGuarded(EmulatedDevice device) {
    Session session = new Session();
    Session.check(session.run("dynamic_shared_at", 1, 33, 4 * 33, 0));
    Session.check(session.launch("dynamic_shared_at", 1, 33, 4 * 33, 1));
    assertThat(session.synchronize()).isEqualTo(CUDA_ERROR_LAUNCH_FAILED);
    assertThat(device.firstFault().orElseThrow())
        .contains("wrote behind its 132 bytes of dynamic shared memory");
    device.forgetFaults();
    session.abandon();
  }

  @Test
  void limitsOfTheDeviceAndOfTheKernelAreHeld() {
    try (Session session = new Session()) {
      CUfunction shared = session.kernel("dynamic_shared_at");
      assertThat(session.launch(shared, 1, 1, 1025, 1, 0, 0)).isEqualTo(CUDA_ERROR_INVALID_VALUE);
      assertThat(session.launch(shared, 1, 65536, 32, 1, 256, 0))
          .isEqualTo(CUDA_ERROR_INVALID_VALUE);
      assertThat(session.launch(shared, 0, 1, 32, 1, 256, 0)).isEqualTo(CUDA_ERROR_INVALID_VALUE);
      Session.check(session.run("barrier_below", 1, 1024, 0, session.allocate(4096), 1024));
      // __launch_bounds__(256)
      Session.Memory x = session.upload(1f);
      assertThat(session.launch("axpy", 1, 257, 0, x, x, x, 1f, 1))
          .isEqualTo(CUDA_ERROR_INVALID_VALUE);
      Session.check(session.run("axpy", 1, 256, 0, x, x, x, 1f, 1));
      // Beyond 48 KiB only on request.
      assertThat(session.launch(shared, 1, 1, 32, 1, 50000, 0)).isEqualTo(CUDA_ERROR_INVALID_VALUE);
      int dynamic = CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
      assertThat(cuFuncSetAttribute(shared, dynamic, 228 << 10))
          .isEqualTo(CUDA_ERROR_INVALID_VALUE);
      Session.check(cuFuncSetAttribute(shared, dynamic, 50000));
      Session.check(session.launch(shared, 1, 1, 32, 1, 50000, 0));
      Session.check(session.synchronize());
    }
  }

  @Test
  void attributesComeFromThePtx() {
    try (Session session = new Session()) {
      int[] value = new int[1];
      Session.check(
          cuFuncGetAttribute(
              value,
              CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES,
              session.kernel("product")));
      assertThat(value[0]).isEqualTo(4 * (16 * 17 + 16 * 16));
      Session.check(
          cuFuncGetAttribute(
              value,
              CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK,
              session.kernel("axpy")));
      assertThat(value[0]).isEqualTo(256);
      assertThat(cuModuleGetFunction(new CUfunction(), session.module, "absent"))
          .isEqualTo(CUDA_ERROR_NOT_FOUND);
    }
  }

  private static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
