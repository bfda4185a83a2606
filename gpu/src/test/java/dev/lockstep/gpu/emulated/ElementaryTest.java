package dev.lockstep.gpu.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** exp, log, tanh, the sigmoid and GELU of device code have the bits of the CPU's. */
@ExtendWith(FreshDevice.class)
final class ElementaryTest {

  /** The device reads no more of PTX than this. */
  private static final String PTX =
      """
      .version 7.8
      .target sm_75
      .address_size 64
      .visible .entry elementary(.param .u64 y, .param .u64 x, .param .u32 count, .param .u32 function)
      { ret; }
      """;

  /** Between two bit patterns of the sample; odd, so that all low bits occur. */
  private static final int STRIDE = 4099;

  /** In the order of the codes in elementary.cu. */
  private enum Function {
    EXP {
      @Override
      float apply(float x) {
        return Canonical.exp(x);
      }
    },
    LOG {
      @Override
      float apply(float x) {
        return Canonical.log(x);
      }
    },
    TANH {
      @Override
      float apply(float x) {
        return Canonical.tanh(x);
      }
    },
    SIGMOID {
      @Override
      float apply(float x) {
        return Canonical.sigmoid(x);
      }
    },
    GELU {
      @Override
      float apply(float x) {
        return Canonical.gelu(x);
      }
    },
    GELU_SLOPE {
      @Override
      float apply(float x) {
        return Canonical.geluSlope(x);
      }
    };

    abstract float apply(float x);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void everySampledArgumentGivesTheSameBits(Function function) {
    float[] x = sample();
    int[] expected = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i] = Float.floatToRawIntBits(function.apply(x[i]));
    }
    try (Session session = new Session(PTX)) {
      Session.Memory y = session.allocate(4L * x.length);
      Session.Memory arguments = session.upload(x);
      Session.check(
          session.run("elementary", 7, 128, 0, y, arguments, x.length, function.ordinal()));
      assertThat(session.ints(y, x.length)).isEqualTo(expected);
    }
  }

  /** Every {@value #STRIDE}th of all bit patterns, and the edges with their neighbours. */
  private static float[] sample() {
    int all = Math.toIntExact((1L << 32) / STRIDE) + 1;
    float[] x = new float[all + 3 * Canonical.EDGES.length];
    for (int i = 0; i < all; i++) {
      x[i] = Float.intBitsToFloat((int) ((long) i * STRIDE));
    }
    for (int i = 0; i < Canonical.EDGES.length; i++) {
      x[all + 3 * i] = Canonical.EDGES[i];
      x[all + 3 * i + 1] = Math.nextUp(Canonical.EDGES[i]);
      x[all + 3 * i + 2] = Math.nextDown(Canonical.EDGES[i]);
    }
    return x;
  }
}
