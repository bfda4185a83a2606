package dev.lockstep.gpu.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.Activation;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The passes of a layer beside its products: whatever the grid, the bits of a loop on the host. */
@ExtendWith(FreshDevice.class)
final class LayerKernelTest {

  private static final long SEED = 20261127;
  private static final float RATE = 0.37f;
  private static final int STORE = 0;
  private static final int SGD = 3;

  @ParameterizedTest
  @CsvSource({"1,1,1", "7,33,1", "33,7,3", "129,250,2", "250,129,200", "3,1021,1"})
  void biasActivation(int rows, int columns, int blocks) {
    Random random = new Random(SEED);
    float[] z = withEdges(random, rows * columns);
    float[] bias = Canonical.values(random, columns);
    try (Session session = Canonical.session()) {
      for (Activation activation : Activation.values()) {
        float[] sums = new float[z.length];
        float[] expected = new float[z.length];
        for (int i = 0; i < z.length; i++) {
          sums[i] = z[i] + bias[i % columns];
          expected[i] = Canonical.activate(activation, sums[i]);
        }
        Session.Memory memory = session.upload(z);
        Session.Memory a = activation.keepsInput() ? session.allocate(4L * z.length) : memory;
        Session.check(
            session.run(
                "bias_activation",
                blocks,
                256,
                0,
                memory,
                session.upload(bias),
                a,
                (long) z.length,
                columns,
                Canonical.code(activation)));
        assertBits(session, a, expected, "activation " + activation);
        if (activation.keepsInput()) {
          assertBits(session, memory, sums, "input of " + activation);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "33,1", "1021,2", "4099,3"})
  void derivative(int count, int blocks) {
    Random random = new Random(SEED);
    float[] upstream = withEdges(random, count);
    float[] a = withEdges(random, count);
    try (Session session = Canonical.session()) {
      for (Activation activation : Activation.values()) {
        float[] expected = new float[count];
        for (int i = 0; i < count; i++) {
          expected[i] = Canonical.derivative(activation, upstream[i], a[i]);
        }
        Session.Memory memory = session.upload(upstream);
        Session.check(
            session.run(
                "derivative",
                blocks,
                256,
                0,
                memory,
                session.upload(a),
                (long) count,
                Canonical.code(activation)));
        assertBits(session, memory, expected, "activation " + activation);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "7,33,1", "250,129,1", "129,1021,2", "0,7,1"})
  void columnSums(int rows, int columns, int blocks) {
    Random random = new Random(SEED);
    float[] delta = Canonical.values(random, rows * columns);
    float[] bias = Canonical.values(random, columns);
    float[] sums = new float[columns];
    float[] updated = new float[columns];
    for (int j = 0; j < columns; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum = sum + delta[i * columns + j];
      }
      sums[j] = sum;
      updated[j] = Math.fma(-RATE, sum, bias[j]);
    }
    try (Session session = Canonical.session()) {
      Session.Memory from = session.upload(rows == 0 ? new float[1] : delta);
      Session.Memory to = session.allocate(4L * columns);
      Session.check(
          session.run("column_sums", blocks, 256, 0, from, to, rows, columns, STORE, RATE, 0L));
      assertBits(session, to, sums, "sums");
      Session.Memory biases = session.upload(bias);
      Session.check(
          session.run(
              "column_sums",
              blocks,
              256,
              0,
              from,
              biases,
              rows,
              columns,
              SGD,
              RATE,
              session.upload(5L, 5L).address()));
      assertBits(session, biases, bias, "stopped");
      Session.check(
          session.run(
              "column_sums",
              blocks,
              256,
              0,
              from,
              biases,
              rows,
              columns,
              SGD,
              RATE,
              session.upload(5L, -1L).address()));
      assertBits(session, biases, updated, "updated");
    }
  }

  @Test
  void sgd() {
    Random random = new Random(SEED);
    float[] weights = withEdges(random, 1021);
    float[] gradient = withEdges(random, 1021);
    float[] updated = new float[weights.length];
    for (int i = 0; i < updated.length; i++) {
      updated[i] = Math.fma(-RATE, gradient[i], weights[i]);
    }
    try (Session session = Canonical.session()) {
      Session.Memory g = session.upload(gradient);
      for (long stopped : new long[] {-1, 8, 7, 0}) {
        Session.Memory w = session.upload(weights);
        Session.Memory state = session.upload(7L, stopped);
        Session.check(session.run("sgd", 2, 256, 0, w, g, 1021L, RATE, state));
        boolean stands = stopped == 7 || stopped == 0;
        assertBits(session, w, stands ? weights : updated, "stopped at " + stopped);
      }
      Session.Memory w = session.upload(weights);
      Session.check(session.run("sgd", 2, 256, 0, w, g, 1021L, RATE, 0L));
      assertBits(session, w, updated, "no state");
    }
  }

  /** Every rule against its line in the arithmetic page, with the factors of two steps. */
  @ParameterizedTest
  @CsvSource({"0,0,0", "1,0.9,0", "2,0.7,0", "3,0.9,0.999"})
  void update(int rule, float a, float b) {
    int count = 1021;
    int slots = 4;
    float epsilon = 1e-4f;
    Random random = new Random(SEED);
    float[] weights = Canonical.values(random, count);
    float[] gradient = Canonical.values(random, count);
    float[] factors = Canonical.values(random, 2 * slots);
    float[] zeros = new float[count];
    for (float decay : new float[] {0, 0.01f}) {
      try (Session session = Canonical.session()) {
        Session.Memory w = session.upload(weights);
        Session.Memory g = session.upload(gradient);
        Session.Memory first = session.upload(zeros);
        Session.Memory second = session.upload(zeros);
        Session.Memory table = session.upload(factors);
        float[] expected = weights.clone();
        float[] m = new float[count];
        float[] v = new float[count];
        for (long step : new long[] {2, 7}) {
          float rate = RATE * factors[2 * (int) (step % slots)];
          float correction = factors[2 * (int) (step % slots) + 1];
          for (int i = 0; i < count; i++) {
            float to = decay == 0 ? gradient[i] : Math.fma(decay, expected[i], gradient[i]);
            float direction = to;
            if (rule == 3) {
              m[i] = Math.fma(a, m[i], (1 - a) * to);
              v[i] = Math.fma(b, v[i], (1 - b) * (to * to));
              direction = m[i] / ((float) Math.sqrt(v[i] * correction) + epsilon);
            } else if (rule > 0) {
              m[i] = Math.fma(a, m[i], to);
              direction = rule == 1 ? m[i] : Math.fma(a, m[i], to);
            }
            expected[i] = Math.fma(-rate, direction, expected[i]);
          }
          for (long stopped : new long[] {step, -1}) {
            Session.check(
                session.run(
                    "update",
                    2,
                    256,
                    0,
                    w,
                    g,
                    first,
                    second,
                    (long) count,
                    rule,
                    RATE,
                    decay,
                    a,
                    b,
                    epsilon,
                    1f,
                    table,
                    slots,
                    session.upload(step, stopped)));
          }
          assertBits(session, w, expected, "weights after step " + step);
          assertBits(session, first, m, "first moments after step " + step);
          assertBits(session, second, v, "second moments after step " + step);
        }
      }
    }
  }

  @Test
  void roundToBfloat16() {
    int count = 65536 * 4 + 17;
    int[] bits = new Random(SEED).ints(count).toArray();
    // Every upper half, with each kind of lower half: below, at and above the middle.
    int[] lower = {0, 0x7fff, 0x8000, 0x8001};
    for (int i = 0; i < 65536 * 4; i++) {
      bits[i] = i / 4 << 16 | lower[i % 4];
    }
    int[] expected = new int[(count + 1) / 2];
    for (int i = 0; i < count; i++) {
      expected[i / 2] |= bfloat16(bits[i]) << 16 * (i % 2);
    }
    try (Session session = Canonical.session()) {
      Session.Memory target = session.upload(new int[expected.length]);
      Session.check(
          session.run("round_to_bfloat16", 5, 256, 0, target, session.upload(bits), (long) count));
      assertThat(session.ints(target, expected.length)).as("seed %d", SEED).isEqualTo(expected);
    }
  }

  /** By the definition: of the two neighbours the nearer, of equally near ones the even. */
  private static int bfloat16(int bits) {
    float x = Float.intBitsToFloat(bits);
    if (Float.isNaN(x)) {
      return 0x7fc0;
    }
    int low = bits >>> 16;
    if (Float.isInfinite(x)) {
      return low;
    }
    // In binary64, where the neighbour beyond the largest number is finite.
    double below = Float.intBitsToFloat(low << 16);
    double ulp = Math.max(Math.scalb(1.0, Math.getExponent(below) - 7), Math.scalb(1.0, -126 - 7));
    double beyond = Math.abs(x) - Math.abs(below);
    boolean up = beyond > ulp / 2 || (beyond == ulp / 2 && (low & 1) == 1);
    return up ? low + 1 : low;
  }

  /** Deviates, with the edges of binary32 strewn in as far as they fit. */
  private static float[] withEdges(Random random, int count) {
    float[] values = Canonical.values(random, count);
    for (int i = 0; i < Canonical.EDGES.length && 7 * i < count; i++) {
      values[7 * i] = Canonical.EDGES[random.nextInt(Canonical.EDGES.length)];
    }
    return values;
  }

  private static void assertBits(
      Session session, Session.Memory memory, float[] expected, String what) {
    assertThat(Canonical.bits(session.floats(memory, expected.length)))
        .as("%s, seed %d", what, SEED)
        .isEqualTo(Canonical.bits(expected));
  }
}
