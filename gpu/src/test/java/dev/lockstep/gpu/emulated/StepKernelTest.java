package dev.lockstep.gpu.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernels that know which step it is: batch, loss, and the step itself. */
@ExtendWith(FreshDevice.class)
final class StepKernelTest {

  private static final long SEED = 20261128;

  @ParameterizedTest
  @CsvSource({"1,1,1", "7,2,2", "33,10,1", "129,33,5", "3,250,1", "250,1,9"})
  void crossEntropy(int rows, int classes, int blocks) {
    Random random = new Random(SEED);
    float[] logits = Canonical.values(random, rows * classes);
    for (int i = 0; i < logits.length; i += 5) {
      logits[i] *= 40; // exponentials that underflow
    }
    int[] labels = random.ints(rows, 0, classes).toArray();
    Expected expected = Expected.of(rows, classes, logits, labels);
    try (Session session = Canonical.session()) {
      Session.Memory losses = session.upload(new float[3 * rows]);
      Session.Memory delta = session.allocate(4L * rows * classes);
      Session.Memory state = session.upload(5L, -1L);
      Session.check(
          session.run(
              "cross_entropy",
              blocks,
              256,
              0,
              session.upload(logits),
              session.upload(labels),
              losses,
              delta,
              rows,
              classes,
              3,
              state));
      float[] ring = new float[3 * rows];
      System.arraycopy(expected.loss, 0, ring, 2 * rows, rows); // 5 mod 3
      assertThat(Canonical.bits(session.floats(losses, ring.length)))
          .as("seed %d", SEED)
          .isEqualTo(Canonical.bits(ring));
      assertThat(Canonical.bits(session.floats(delta, logits.length)))
          .as("seed %d", SEED)
          .isEqualTo(Canonical.bits(expected.delta));
      assertThat(session.longs(state, 2)).containsExactly(5, -1);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "33,10,1", "250,7,2", "3,1021,1"})
  void squaredError(int rows, int classes, int blocks) {
    Random random = new Random(SEED);
    float[] outputs = Canonical.values(random, rows * classes);
    int[] labels = random.ints(rows, 0, classes).toArray();
    float[] expectedDelta = new float[outputs.length];
    float[] ring = new float[3 * rows];
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int c = 0; c < classes; c++) {
        float distance = outputs[i * classes + c] - (c == labels[i] ? 1 : 0);
        sum = Math.fma(distance, distance, sum);
        expectedDelta[i * classes + c] = distance * (1 / (float) rows);
      }
      ring[2 * rows + i] = sum / 2; // 5 mod 3
    }
    try (Session session = Canonical.session()) {
      Session.Memory losses = session.upload(new float[3 * rows]);
      Session.Memory delta = session.allocate(4L * rows * classes);
      Session.Memory state = session.upload(5L, -1L);
      Session.check(
          session.run(
              "squared_error",
              blocks,
              256,
              0,
              session.upload(outputs),
              session.upload(labels),
              losses,
              delta,
              rows,
              classes,
              3,
              state));
      assertThat(Canonical.bits(session.floats(losses, ring.length)))
          .as("seed %d", SEED)
          .isEqualTo(Canonical.bits(ring));
      assertThat(Canonical.bits(session.floats(delta, outputs.length)))
          .as("seed %d", SEED)
          .isEqualTo(Canonical.bits(expectedDelta));
      assertThat(session.longs(state, 2)).containsExactly(5, -1);
    }
  }

  /** A NaN in front is the maximum, one further on is not; both make the loss NaN. */
  @Test
  void oddLogitsGiveWhatTheDefinitionGives() {
    float nan = Float.NaN;
    float infinity = Float.POSITIVE_INFINITY;
    float[] logits = {
      nan, 1, 2, //
      1, nan, 2, //
      infinity, 1, 2, //
      -infinity, -infinity, -infinity, //
      -infinity, 0, 1, //
      -0f, 0, -0f, //
      3e38f, -3e38f, 0, //
      1, 2, infinity
    };
    int[] labels = {0, 0, 1, 0, 0, 0, 1, 2};
    Expected expected = Expected.of(8, 3, logits, labels);
    try (Session session = Canonical.session()) {
      Session.Memory losses = session.allocate(4 * 8);
      Session.Memory delta = session.allocate(4L * logits.length);
      Session.check(
          session.run(
              "cross_entropy",
              1,
              256,
              0,
              session.upload(logits),
              session.upload(labels),
              losses,
              delta,
              8,
              3,
              1,
              0L));
      assertThat(Canonical.bits(session.floats(losses, 8)))
          .isEqualTo(Canonical.bits(expected.loss));
      assertThat(Canonical.bits(session.floats(delta, logits.length)))
          .isEqualTo(Canonical.bits(expected.delta));
    }
  }

  @Test
  void theFirstStepWhoseLossIsNotFiniteIsKept() {
    float[] finite = {1, 2, 3, 4};
    float[] infinite = {Float.NEGATIVE_INFINITY, 2, 3, 4};
    int[] labels = {0, 1};
    try (Session session = Canonical.session()) {
      record Case(float[] logits, long step, long stopped, long after) {}
      for (Case state :
          new Case[] {
            new Case(finite, 7, -1, -1),
            new Case(infinite, 7, -1, 7),
            new Case(infinite, 8, 7, 7),
            new Case(finite, 8, 7, 7),
            new Case(new float[] {1, 2, Float.NaN, 1}, 0, -1, 0)
          }) {
        Session.Memory memory = session.upload(state.step(), state.stopped());
        Session.check(
            session.run(
                "cross_entropy",
                1,
                256,
                0,
                session.upload(state.logits()),
                session.upload(labels),
                session.allocate(8),
                session.allocate(16),
                2,
                2,
                1,
                memory));
        assertThat(session.longs(memory, 2)).containsExactly(state.step(), state.after());
      }
    }
  }

  @Test
  void theBatchFollowsThePermutationAndTheStep() {
    int rows = 33;
    int inputs = 250;
    int batch = 7;
    int stepsPerEpoch = 4;
    Random random = new Random(SEED);
    float[] features = Canonical.values(random, rows * inputs);
    int[] labels = random.ints(rows).toArray();
    int[] permutation = random.ints(rows, 0, rows).toArray();
    try (Session session = Canonical.session()) {
      Session.Memory x = session.allocate(4L * batch * inputs);
      Session.Memory y = session.allocate(4L * batch);
      Session.Memory state = session.upload(2L, -1L);
      Session.Memory from = session.upload(features);
      Session.Memory fromLabels = session.upload(labels);
      Session.Memory order = session.upload(permutation);
      for (int step = 2; step < 6; step++) {
        Session.check(
            session.run(
                "gather_batch",
                step,
                256,
                0,
                x,
                y,
                from,
                fromLabels,
                order,
                batch,
                inputs,
                stepsPerEpoch,
                state));
        Session.check(session.run("advance", 1, 1, 0, state));
        float[] expected = new float[batch * inputs];
        int[] expectedLabels = new int[batch];
        for (int i = 0; i < batch; i++) {
          int row = permutation[step % stepsPerEpoch * batch + i];
          System.arraycopy(features, row * inputs, expected, i * inputs, inputs);
          expectedLabels[i] = labels[row];
        }
        assertThat(session.floats(x, expected.length)).as("step %d", step).isEqualTo(expected);
        assertThat(session.ints(y, batch)).as("step %d", step).isEqualTo(expectedLabels);
      }
      assertThat(session.longs(state, 2)).containsExactly(6, -1);
    }
  }

  /** Softmax cross-entropy, row by row as it is defined. */
  private static final class Expected {
    private final float[] loss;
    private final float[] delta;

    private Expected(int rows, int classes) {
      loss = new float[rows];
      delta = new float[rows * classes];
    }

    static Expected of(int rows, int classes, float[] logits, int[] labels) {
      Expected expected = new Expected(rows, classes);
      float scale = 1 / (float) rows;
      for (int i = 0; i < rows; i++) {
        int row = i * classes;
        float max = logits[row];
        for (int c = 1; c < classes; c++) {
          max = logits[row + c] > max ? logits[row + c] : max;
        }
        float sum = 0;
        for (int c = 0; c < classes; c++) {
          sum += Canonical.exp(logits[row + c] - max);
        }
        for (int c = 0; c < classes; c++) {
          float target = c == labels[i] ? 1 : 0;
          expected.delta[row + c] = (Canonical.exp(logits[row + c] - max) / sum - target) * scale;
        }
        expected.loss[i] = Canonical.log(sum) - (logits[row + labels[i]] - max);
      }
      return expected;
    }
  }
}
