package dev.lockstep.cpu;

import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.util.List;

/**
 * Applies an {@link Update} element by element, in canonical arithmetic.
 *
 * @param w the parameters, updated in place
 * @param first the first moments, updated in place; unused if the rule has no moments
 * @param second the last moments, updated in place; used only if the rule has two moments
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ScalarUpdate(Update update, StepNumbers numbers, float[] w, float[] first, float[] second) {

  /** Creates an update of parameters and their moments. */
  static ScalarUpdate of(Update update, StepNumbers numbers, float[] w, List<float[]> moments) {
    return new ScalarUpdate(
        update,
        numbers,
        w,
        moments.isEmpty() ? w : moments.getFirst(),
        moments.isEmpty() ? w : moments.getLast());
  }

  /**
   * Updates the elements {@code from} to {@code to - 1}.
   *
   * @param g gradients; element i's is {@code g[shift + i]}
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
