package dev.lockstep.agreement;

import dev.lockstep.backend.Subnormals;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.util.List;

/**
 * How far a parameter and its moments after an {@link Update} may be from those without rounding,
 * given how far the gradient may be: the update's own formula, on numbers with their errors.
 *
 * <p>Adam divides a first moment by the root of a second one. Where a gradient is smaller than its
 * own error the quotient is known to no more than what epsilon leaves of it, and the bound says so.
 *
 * @param subnormals what becomes of them
 */
record UpdateBound(Update update, Subnormals subnormals) {

  /**
   * Fills in an element of the parameter and of its moments after it.
   *
   * @param i the element
   * @param gradient and how far it may be from that without rounding
   * @param before the parameter and its moments, exact in binary32
   * @param after the same after the update
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
            // A root that is not negative leaves at least epsilon.
            Rounded least = exact(epsilon);
            yield m.over(root.plus(least), least.value() - least.error());
          }
        };
    after.getFirst().set(i, Rounded.fma(exact(-update.rate()), direction, w));
  }

  /** A moment that keeps a share of itself and takes in what is new. */
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
