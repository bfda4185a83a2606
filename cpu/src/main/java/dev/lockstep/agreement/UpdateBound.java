package dev.lockstep.agreement;

import dev.lockstep.backend.Subnormals;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.util.List;

/**
 * Bounds the errors of a parameter and its moments after an {@link Update}, given the error of the
 * gradient, by evaluating the update's formula on {@link Rounded} numbers.
 *
 * <p>Adam divides the first moment by the root of the second. If a gradient is smaller than its
 * error, only epsilon keeps the divisor away from zero, and the bound is as large as that allows.
 *
 * @param update the update, adapted to the step
 * @param subnormals how subnormal numbers are treated
 */
record UpdateBound(Update update, Subnormals subnormals) {

  /**
   * Fills in an element of the parameter and of its moments after the update.
   *
   * @param i the row-major index of the element
   * @param gradient the gradient with its errors
   * @param before the parameter and its moments before the update, exact in binary32
   * @param after receives the parameter and its moments after the update
   */
  void fill(int i, Bounded gradient, List<Bounded> before, List<Bounded> after) {
    Rounded w = exact(before.getFirst().values()[i]);
    Rounded g = gradient.at(i, subnormals);
    if (update.decay() != 0) {
      g = Rounded.fma(exact(update.decay()), w, g);
    }
    Rounded direction =
        switch (update.rule()) {
          case Rule.Sgd() -> g;
          case Rule.Momentum(float factor) -> moment(1, i, factor, g, before, after);
          case Rule.Nesterov(float factor) ->
              Rounded.fma(exact(factor), moment(1, i, factor, g, before, after), g);
          case Rule.Adam(float first, float second, float epsilon) -> {
            Rounded share = g.times(exact(Update.rest(first)));
            Rounded square = g.times(g).times(exact(Update.rest(second)));
            Rounded m = moment(1, i, first, share, before, after);
            Rounded v = moment(2, i, second, square, before, after);
            Rounded root = v.times(exact(update.correction())).root();
            // The root is not negative, so the divisor is at least epsilon.
            Rounded least = exact(epsilon);
            yield m.over(root.plus(least), least.value() - least.error());
          }
        };
    after.getFirst().set(i, Rounded.fma(exact(-update.rate()), direction, w));
  }

  /** Computes share * moment + fresh and stores it as the new moment. */
  private Rounded moment(
      int slot, int i, float share, Rounded fresh, List<Bounded> before, List<Bounded> after) {
    Rounded moment = Rounded.fma(exact(share), exact(before.get(slot).values()[i]), fresh);
    after.get(slot).set(i, moment);
    return moment;
  }

  private Rounded exact(double value) {
    return Rounded.exact(value, subnormals);
  }
}
