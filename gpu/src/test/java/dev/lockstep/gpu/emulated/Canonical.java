package dev.lockstep.gpu.emulated;

import static java.util.Objects.requireNonNull;

import dev.lockstep.gpu.kernel.Tile;
import dev.lockstep.model.Activation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * What the tests of the kernels have in common: a session with them, data with the numbers that
 * round in odd ways, and the CPU's elementary functions.
 */
final class Canonical {

  private static final MethodHandle EXP = elementary("exp");
  private static final MethodHandle LOG = elementary("log");
  private static final MethodHandle TANH = elementary("tanh");
  private static final MethodHandle SIGMOID = elementary("sigmoid");
  private static final MethodHandle GELU = elementary("gelu");
  private static final MethodHandle GELU_SLOPE = elementary("geluSlope");

  /** Numbers at the edges of binary32. */
  static final float[] EDGES = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Math.nextDown(Float.MIN_NORMAL),
    1f,
    -1f,
    Math.nextUp(1f),
    Math.nextDown(1f),
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    Float.intBitsToFloat(0xffc12345)
  };

  private Canonical() {}

  /** A session with the kernels of training. */
  static Session session() {
    try (InputStream ptx = Tile.class.getResourceAsStream("lockstep.ptx")) {
      return new Session(new String(requireNonNull(ptx).readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float exp(float x) {
    return call(EXP, x);
  }

  static float log(float x) {
    return call(LOG, x);
  }

  static float tanh(float x) {
    return call(TANH, x);
  }

  static float sigmoid(float x) {
    return call(SIGMOID, x);
  }

  static float gelu(float x) {
    return call(GELU, x);
  }

  static float geluSlope(float x) {
    return call(GELU_SLOPE, x);
  }

  /** The codes of activation.cuh. */
  static int code(Activation activation) {
    return switch (activation) {
      case IDENTITY -> 0;
      case RELU -> 1;
      case LEAKY_RELU -> 2;
      case TANH -> 3;
      case SIGMOID -> 4;
      case GELU -> 5;
    };
  }

  /** f(z). */
  static float activate(Activation activation, float z) {
    return switch (activation) {
      case IDENTITY -> z;
      case RELU -> z <= 0 ? 0 : z;
      case LEAKY_RELU -> z > 0 ? z : 0.01f * z;
      case TANH -> tanh(z);
      case SIGMOID -> sigmoid(z);
      case GELU -> gelu(z);
    };
  }

  /** f'(upstream, kept). */
  static float derivative(Activation activation, float upstream, float kept) {
    return switch (activation) {
      case IDENTITY -> upstream;
      case RELU -> kept <= 0 ? 0 : upstream;
      case LEAKY_RELU -> kept > 0 ? upstream : 0.01f * upstream;
      case TANH -> upstream * Math.fma(-kept, kept, 1);
      case SIGMOID -> upstream * (kept * (1 - kept));
      case GELU -> upstream * geluSlope(kept);
    };
  }

  /**
   * Normal deviates; one in sixteen is a zero of either sign or so small that products underflow.
   */
  static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      float value = (float) random.nextGaussian();
      values[i] =
          switch (random.nextInt(64)) {
            case 0 -> 0f;
            case 1 -> -0f;
            case 2, 3 -> value * 0x1p-100f;
            default -> value;
          };
    }
    return values;
  }

  /** The bits, every NaN as one: payloads differ between devices. */
  static int[] bits(float... values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  private static MethodHandle elementary(String name) {
    try {
      Class<?> functions = Class.forName("dev.lockstep.cpu.Elementary");
      return MethodHandles.privateLookupIn(functions, MethodHandles.lookup())
          .findStatic(functions, name, MethodType.methodType(float.class, float.class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static float call(MethodHandle function, float x) {
    try {
      return (float) function.invokeExact(x);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
