package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.emulated.EmulatedDevice;
import dev.lockstep.gpu.emulated.EmulatedDevice.Property;
import dev.lockstep.gpu.emulated.FreshDevice;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Kernels.Axis;
import dev.lockstep.gpu.kernel.Kernels.Operand;
import dev.lockstep.gpu.kernel.Kernels.UnitNumbers;
import dev.lockstep.gpu.kernel.Kernels.ZeroSign;
import dev.lockstep.gpu.kernel.Tile;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.symmetry.Digest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Indices beyond 2^31: the last element of tensors of more elements than that is computed by the
 * very block that would compute it, the only one that runs. The tensors are addresses; hardly any
 * memory stands behind them.
 */
@ExtendWith(FreshDevice.class)
final class FarEndEmulatedTest {
  private static final int THREADS = 256;

  /** 50021 x 50021 is 2.5e9 elements, beyond 2^31 = 2.1e9 and, in bytes, beyond 2^33. */
  private static final int LARGE = 50021;

  /** LONG x SHORT is 2.2e9 elements, and a sum of SHORT terms is soon done. */
  private static final int LONG = (1 << 21) + 17;

  private static final int SHORT = 1031;

  /** The more multiprocessors, the fewer elements are left to the one block that runs. */
  @BeforeEach
  void largeDevice(EmulatedDevice device) {
    device.present(Property.EMULATED_CUDA_MEMORY, "65536");
    device.present(Property.EMULATED_CUDA_MULTIPROCESSORS, "1024");
  }

  static Stream<Arguments> products() {
    return Stream.of(ProductForm.values())
        .flatMap(form -> Stream.of(Tile.values()).map(tile -> Arguments.of(form, tile)));
  }

  /** C, then A, then B is the large one. */
  @ParameterizedTest
  @MethodSource("products")
  void ofProducts(ProductForm form, Tile tile, EmulatedDevice device) {
    product(new ProductShape(form, LARGE, LARGE, 3), tile, device);
    product(new ProductShape(form, LONG, 7, SHORT), tile, device);
    product(new ProductShape(form, 7, LONG, SHORT), tile, device);
  }

  private static void product(ProductShape shape, Tile tile, EmulatedDevice device) {
    with(
        (session, owned) -> {
          DeviceMemory a = owned.own(session.allocate("A", shape.sizeOfA()));
          DeviceMemory b = owned.own(session.allocate("B", shape.sizeOfB()));
          DeviceMemory c = owned.own(session.allocate("C", shape.sizeOfC()));
          zeroIfSmall(session, a, shape.sizeOfA());
          zeroIfSmall(session, b, shape.sizeOfB());
          // In every form the last element of A is (m - 1, k - 1), and of B (k - 1, n - 1).
          write(session, a, shape.sizeOfA() - 1, 3);
          write(session, b, shape.sizeOfB() - 1, 5);
          // However tiles are walked, the last block has the last one.
          device.runOnlyBlock(tile.blocks(shape) - 1);
          session
              .kernels
              .product(tile, shape, a, b, c, Epilogue.STORE, Operand.NONE)
              .into(session.stream);
          assertThat(read(session, c, shape.sizeOfC() - 1)).as("%s", shape).isEqualTo(15);
        });
  }

  @Test
  void ofElementwiseKernels(EmulatedDevice device) {
    long count = (long) LARGE * LARGE;
    elementwise(
        device,
        count,
        (session, owned) -> {
          DeviceMemory z = owned.own(session.allocate("z", count));
          DeviceMemory bias = owned.own(session.allocate("b", LARGE));
          zeroIfSmall(session, bias, LARGE);
          write(session, bias, LARGE - 1, 2);
          write(session, z, count - 1, 5);
          run(session, session.kernels.biasActivation(Activation.RELU, z, bias, z, LARGE, LARGE));
          assertThat(read(session, z, count - 1)).isEqualTo(7);
        });
    elementwise(
        device,
        count,
        (session, owned) -> {
          DeviceMemory upstream = owned.own(session.allocate("dA", count));
          DeviceMemory a = owned.own(session.allocate("a", count));
          write(session, upstream, count - 1, 5);
          write(session, a, count - 1, 0.5f);
          run(session, session.kernels.derivative(Activation.TANH, upstream, a, count));
          assertThat(read(session, upstream, count - 1)).isEqualTo(3.75f);
        });
    elementwise(
        device,
        count,
        (session, owned) -> {
          DeviceMemory w = owned.own(session.allocate("w", count));
          DeviceMemory g = owned.own(session.allocate("g", count));
          write(session, w, count - 1, 5);
          write(session, g, count - 1, 2);
          run(session, session.kernels.sgd(w, g, count, 0.5f, null));
          assertThat(read(session, w, count - 1)).isEqualTo(4);
        });
  }

  @Test
  void ofRounding(EmulatedDevice device) {
    long count = (long) LARGE * LARGE;
    elementwise(
        device,
        count,
        (session, owned) -> {
          DeviceMemory source = owned.own(session.allocate("source", count));
          DeviceMemory target =
              owned.own(DeviceMemory.allocate(session.context, "target", 2 * (count + 1)));
          write(session, source, count - 1, 1.5f);
          run(session, session.kernels.roundToBfloat16(source, target, count));
          // Two elements of 16 bits: the last is the lower one, being of an even index.
          float pair = read(session, target, (count - 1) / 2);
          assertThat(Float.floatToRawIntBits(pair) & 0xffff).isEqualTo(0x3fc0);
        });
  }

  @Test
  void ofColumnSums(EmulatedDevice device) {
    with(
        (session, owned) -> {
          long count = (long) SHORT * LONG;
          DeviceMemory delta = owned.own(session.allocate("delta", count));
          DeviceMemory sums = owned.own(session.allocate("sums", LONG));
          write(session, delta, count - 1, 5);
          device.runOnlyBlock((LONG - 1) / THREADS % mostBlocks(session));
          run(session, session.kernels.columnSums(delta, sums, SHORT, LONG));
          assertThat(read(session, sums, LONG - 1)).isEqualTo(5);
        });
  }

  @Test
  void ofTheLoss(EmulatedDevice device) {
    with(
        (session, owned) -> {
          int rows = LONG;
          int classes = SHORT;
          long count = (long) rows * classes;
          DeviceMemory logits = owned.own(session.allocate("logits", count));
          DeviceMemory labels = owned.own(session.allocate("labels", rows));
          DeviceMemory loss = owned.own(session.allocate("losses", rows));
          DeviceMemory delta = owned.own(session.allocate("delta", count));
          zeroIfSmall(session, labels, rows);
          write(session, logits, count - 1, 1000);
          device.runOnlyBlock((rows - 1) / (THREADS / 32));
          run(
              session,
              session.kernels.loss(
                  Loss.CROSS_ENTROPY, logits, labels, loss, delta, rows, classes, 1, null));
          assertThat(read(session, loss, rows - 1)).isEqualTo(1000);
          assertThat(read(session, delta, count - 1)).isEqualTo(1f / rows);
        });
  }

  @Test
  void ofTheBatch(EmulatedDevice device) {
    long count = (long) LARGE * LARGE;
    with(
        (session, owned) -> {
          device.runOnlyBlock((LARGE - 1) % mostBlocks(session));
          DeviceMemory features = owned.own(session.allocate("features", count));
          DeviceMemory x = owned.own(session.allocate("x", count));
          DeviceMemory labels = owned.own(session.allocate("labels", LARGE));
          DeviceMemory y = owned.own(session.allocate("y", LARGE));
          DeviceMemory permutation = owned.own(session.allocate("permutation", LARGE));
          StepState state = owned.own(StepState.open(session));
          state.write(0);
          zeroIfSmall(session, labels, LARGE);
          int[] rows = new int[LARGE];
          rows[LARGE - 1] = LARGE - 1;
          session.staging.upload(rows, permutation);
          write(session, features, count - 1, 5);
          run(
              session,
              session.kernels.gatherBatch(
                  x, y, features, labels, permutation, LARGE, LARGE, 1, state.memory()));
          assertThat(read(session, x, count - 1)).isEqualTo(5);
        });
  }

  /** The last number of the last unit, which owns a row; a warp takes 1024 of them. */
  @Test
  void ofUnits(EmulatedDevice device) {
    with(
        (session, owned) -> {
          long count = (long) LARGE * LARGE;
          UnitNumbers numbers =
              new UnitNumbers(owned.own(session.allocate("units", count)), LARGE, LARGE, Axis.ROW);
          DeviceMemory unequal = owned.own(session.allocate("unequal", LARGE));
          DeviceMemory classOf = owned.own(session.allocate("classes", LARGE));
          session.stream.clear(unequal);
          session.stream.clear(classOf);
          write(session, numbers.matrix(), count - 1, 5);
          long warp = (long) LARGE * Math.ceilDiv(LARGE, 1024) - 1;
          device.runOnlyBlock(warp / (THREADS / 32) % mostBlocks(session));
          run(session, session.kernels.compareUnits(unequal, classOf, numbers, ZeroSign.COUNTS));
          int[] flags = new int[LARGE];
          session.staging.download(unequal, flags);
          assertThat(flags[LARGE - 1]).isEqualTo(1);

          DeviceMemory digests =
              owned.own(DeviceMemory.allocate(session.context, "digests", 16L * LARGE));
          session.stream.clear(digests);
          run(session, session.kernels.unitDigests(digests, numbers, 0, ZeroSign.COUNTS));
          long[] sums = new long[2 * LARGE];
          session.staging.download(digests, sums);
          FloatMatrix strip = new FloatMatrix(1, LARGE);
          strip.data()[LARGE - 1] = 5;
          // The block's eight warps take eight strips in a row, the last of them shorter.
          int first = (int) (warp - warp % 8 - (LARGE - 1L) * Math.ceilDiv(LARGE, 1024)) * 1024;
          long expected = Digest.of(strip).low() - Digest.of(new FloatMatrix(1, first)).low();
          assertThat(sums[2 * (LARGE - 1)]).isEqualTo(expected);
        });
  }

  private interface Body {
    void run(DeviceSession session, Closing owned);
  }

  private static void with(Body body) {
    try (DeviceSession session = DeviceSession.open(Products.CANONICAL, 0);
        Closing owned = new Closing()) {
      body.run(session, owned);
    }
  }

  /** Only the block that comes to the last of so many elements runs. */
  private static void elementwise(EmulatedDevice device, long count, Body body) {
    with(
        (session, owned) -> {
          device.runOnlyBlock((count - 1) / THREADS % mostBlocks(session));
          body.run(session, owned);
        });
  }

  private static long mostBlocks(DeviceSession session) {
    return 8L * session.context.multiprocessors();
  }

  private static void run(DeviceSession session, Work work) {
    work.into(session.stream);
    session.stream.synchronize();
  }

  /** Large memory is zero already, and must not be touched. */
  private static void zeroIfSmall(DeviceSession session, DeviceMemory memory, long elements) {
    if (elements * Float.BYTES <= 1L << 30) {
      session.stream.clear(memory);
    }
  }

  private static void write(DeviceSession session, DeviceMemory memory, long at, float value) {
    session.staging.upload(new float[] {value}, memory, at);
  }

  private static float read(DeviceSession session, DeviceMemory memory, long at) {
    float[] element = new float[1];
    session.staging.download(memory, at, element, 0, 1);
    return element[0];
  }
}
