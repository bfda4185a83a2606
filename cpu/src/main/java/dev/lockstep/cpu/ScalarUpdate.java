package dev.lockstep.cpu;

import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.util.List;

/**
 * {@link Update} of one parameter after the other, in canonical arithmetic.
 *
 * @param first what the rule keeps of each parameter, in place, or some array if it keeps nothing
 * @param second the second that it keeps, likewise
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ScalarUpdate(Update update, StepNumbers numbers, float[] w, float[] first, float[] second) {

  /** An update of parameters and of what the rule keeps of them. */
  static ScalarUpdate of(Update update, StepNumbers numbers, float[] w, List<float[]> moments) {
    return new ScalarUpdate(
        update,
        numbers,
        w,
        moments.isEmpty() ? w : moments.getFirst(),
        moments.isEmpty() ? w : moments.getLast());
  }

  /**
   * Updates elements {@code from .. to}.
   *
   * @param g gradients, that of element i at shift + i
   */
  void apply(int from, int to, float[] g, int shift) {
    float rate = numbers.rate(update);
    float correction = numbers.correction(update);
    float decay = update.decay();
    for (int i = from; i < to; i++) {
      float gradient = decay == 0 ? g[shift + i] : Math.fma(decay, w[i], g[shift + i]);
      float direction =
          switch (update.rule()) {
            case Rule.Sgd() -> gradient;
            case Rule.Momentum(float factor) -> {
              first[i] = Math.fma(factor, first[i], gradient);
              yield first[i];
            }
            case Rule.Nesterov(float factor) -> {
              first[i] = Math.fma(factor, first[i], gradient);
              yield Math.fma(factor, first[i], gradient);
            }
            case Rule.Adam(float b1, float b2, float epsilon) -> {
              first[i] = Math.fma(b1, first[i], Update.rest(b1) * gradient);
              second[i] = Math.fma(b2, second[i], Update.rest(b2) * (gradient * gradient));
              yield first[i] / ((float) Math.sqrt(second[i] * correction) + epsilon);
            }
          };
      w[i] = Math.fma(-rate, direction, w[i]);
    }
  }
}
