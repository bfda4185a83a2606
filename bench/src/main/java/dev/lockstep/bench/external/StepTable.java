package dev.lockstep.bench.external;

import dev.lockstep.file.NpyArray;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Updates;
import dev.lockstep.scenario.Batches;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends the rows, noise and rates of steps to a program in advance, many steps at once, so that the
 * timed request carries no data.
 */
final class StepTable {

  /** The steps sent at once, unless their rows and noise exceed {@link #MOST_NUMBERS}. */
  private static final int USUAL_STEPS = 1000;

  private static final int MOST_NUMBERS = 1 << 22;

  private final Conversation conversation;
  private final Workload workload;
  private final Updates updates;
  private final Batches batches;
  private long first;
  private int count;

  StepTable(Conversation conversation, Workload workload) {
    this.conversation = conversation;
    this.workload = workload;
    updates = new Updates(workload.optimizer());
    batches = workload.batches();
  }

  /** Sends the data of {@code steps} steps unless the program has them. */
  void announce(long from, int steps) {
    if (from >= first && from + steps <= first + count) {
      return;
    }
    Steps told = steps(from, Math.max(steps, atOnce()));
    conversation.ask("steps", request -> write(request, told), result -> result);
    first = from;
    count = told.count();
  }

  private int atOnce() {
    long numbers = workload.batch();
    if (!workload.noise().isNone()) {
      numbers += workload.network().hidden().stream().mapToLong(units -> units).sum();
    }
    return (int) Math.clamp(MOST_NUMBERS / numbers, 1, USUAL_STEPS);
  }

  /**
   * The data of some steps.
   *
   * @param rows row numbers, count x batch
   * @param noise the noise of each hidden layer, count x units; empty without noise
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Steps(long first, int count, long[] rows, List<FloatMatrix> noise) {}

  private Steps steps(long from, int steps) {
    int batch = workload.batch();
    long[] rows = new long[steps * batch];
    int[] numbers = new int[batch];
    for (int s = 0; s < steps; s++) {
      batches.rowsOf(from + s, numbers);
      for (int i = 0; i < batch; i++) {
        rows[s * batch + i] = numbers[i];
      }
    }
    return new Steps(from, steps, rows, noise(from, steps));
  }

  private List<FloatMatrix> noise(long from, int steps) {
    List<FloatMatrix> noise = new ArrayList<>();
    for (int h = 0; h < workload.network().depth() && !workload.noise().isNone(); h++) {
      int units = workload.network().out(h);
      FloatMatrix ofLayer = new FloatMatrix(steps, units);
      for (int s = 0; s < steps; s++) {
        System.arraycopy(
            workload.noise().draw(from + s, h, units), 0, ofLayer.data(), s * units, units);
      }
      noise.add(ofLayer);
    }
    return noise;
  }

  private void write(ObjectNode request, Steps steps) {
    TensorFiles tensors = conversation.tensors();
    request.put("first", steps.first());
    request.put("count", steps.count());
    int[] shape = {steps.count(), workload.batch()};
    request.put("rows", tensors.write(new NpyArray.Longs(shape, steps.rows())));
    ArrayNode noise = request.putArray("noise");
    steps.noise().forEach(each -> noise.add(tensors.write(Opening.array(each))));
    ArrayNode factors = request.putArray("rate-factors");
    ArrayNode corrections = request.putArray("corrections");
    for (long s = steps.first(); s < steps.first() + steps.count(); s++) {
      factors.add((double) updates.rateFactor(s));
      corrections.add((double) updates.correction(s));
    }
  }

  /**
   * Compares the draws of an independent program, to the bit.
   *
   * @throws ProgramFault naming the first difference
   */
  void requireSameDraws(int steps) {
    int compared = Math.min(steps, atOnce());
    Steps own = steps(0, compared);
    conversation.ask(
        "draws",
        request -> request.put("first", 0).put("count", compared),
        result -> {
          compare(result, own);
          return result;
        });
  }

  private void compare(Fields result, Steps own) {
    TensorFiles tensors = conversation.tensors();
    int batch = workload.batch();
    long[] rows = tensors.readIntegers("the rows", result.text("rows"), own.count(), batch);
    int other = Arrays.mismatch(own.rows(), rows);
    if (other >= 0) {
      require(
          "row " + other % batch + " of step " + (other / batch + 1),
          own.rows()[other],
          rows[other]);
    }
    List<String> noise = result.exactTexts("noise", own.noise().size());
    for (int h = 0; h < own.noise().size(); h++) {
      FloatMatrix expected = own.noise().get(h);
      FloatMatrix actual =
          tensors.readFloats("the noise", noise.get(h), expected.rows(), expected.columns());
      int at = expected.firstDifference(actual);
      if (at >= 0) {
        require(
            String.format(
                Locale.ROOT,
                "noise of unit %d of hidden layer %d in step %d",
                at % expected.columns(),
                h + 1,
                at / expected.columns() + 1),
            expected.value(at),
            actual.value(at));
      }
    }
    double[] factors = result.numbers("rate-factors", own.count());
    double[] corrections = result.numbers("corrections", own.count());
    for (int s = 0; s < own.count(); s++) {
      long step = own.first() + s;
      require("rate factor of step " + (s + 1), (double) updates.rateFactor(step), factors[s]);
      require("correction of step " + (s + 1), (double) updates.correction(step), corrections[s]);
    }
  }

  private static void require(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new Malformed(what, actual, "expected " + expected);
    }
  }
}
