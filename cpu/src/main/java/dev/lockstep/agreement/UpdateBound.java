package dev.lockstep.agreement;

import dev.lockstep.model.DoubleMatrix;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.util.List;

/**
 * How far parameters after an {@link Update} may be from those without rounding, given how far
 * their gradients may be: the update's own formula, on numbers with their errors.
 *
 * <p>Adam divides a first moment by the root of a second one. Where a gradient is smaller than its
 * own error the quotient is known to no more than what epsilon leaves of it, and the bound says so.
 */
final class UpdateBound {

  private UpdateBound() {}

  /**
   * Of a tensor.
   *
   * @param w parameters before, exact in binary32
   * @param gradient without rounding
   * @param gradientError how far it may be from that
   * @param moments before, exact in binary32; empty if they are +0
   */
  static Matrix of(
      Update update, Matrix w, Matrix gradient, Matrix gradientError, List<Matrix> moments) {
    double[] errors = new double[w.size()];
    for (int i = 0; i < errors.length; i++) {
      int at = i;
      errors[i] =
          of(
                  update,
                  Rounded.exact(w.value(i)),
                  new Rounded(gradient.value(i), gradientError.value(i)),
                  k -> Rounded.exact(moments.isEmpty() ? 0 : moments.get(k).value(at)))
              .error();
    }
    return new DoubleMatrix(w.rows(), w.columns(), errors);
  }

  private interface Moment {
    Rounded at(int number);
  }

  private static Rounded of(Update update, Rounded w, Rounded gradient, Moment moments) {
    Rounded g =
        update.decay() == 0 ? gradient : Rounded.fma(Rounded.exact(update.decay()), w, gradient);
    Rounded direction =
        switch (update.rule()) {
          case Rule.Sgd() -> g;
          case Rule.Momentum(float factor) -> Rounded.fma(Rounded.exact(factor), moments.at(0), g);
          case Rule.Nesterov(float factor) -> {
            Rounded mu = Rounded.exact(factor);
            yield Rounded.fma(mu, Rounded.fma(mu, moments.at(0), g), g);
          }
          case Rule.Adam adam -> adam(update, adam, g, moments);
        };
    return Rounded.fma(Rounded.exact(-update.rate()), direction, w);
  }

  private static Rounded adam(Update update, Rule.Adam adam, Rounded g, Moment moments) {
    Rounded first = g.times(Rounded.exact(Update.rest(adam.first())));
    Rounded second = g.times(g).times(Rounded.exact(Update.rest(adam.second())));
    Rounded m = Rounded.fma(Rounded.exact(adam.first()), moments.at(0), first);
    Rounded v = Rounded.fma(Rounded.exact(adam.second()), moments.at(1), second);
    Rounded root = v.times(Rounded.exact(update.correction())).root();
    // A root that is not negative leaves at least epsilon.
    return m.over(root.plus(Rounded.exact(update.epsilon())), update.epsilon());
  }
}
