package dev.lockstep.agreement;

import dev.lockstep.backend.Subnormals;
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

  private final Update update;
  private final Subnormals subnormals;

  private UpdateBound(Update update, Subnormals subnormals) {
    this.update = update;
    this.subnormals = subnormals;
  }

  /**
   * Of a tensor.
   *
   * @param w parameters before, exact in binary32
   * @param gradient without rounding
   * @param gradientError how far it may be from that
   * @param moments before, exact in binary32; empty if they are +0
   * @param subnormals what becomes of them
   */
  static Matrix of(
      Update update,
      Matrix w,
      Matrix gradient,
      Matrix gradientError,
      List<Matrix> moments,
      Subnormals subnormals) {
    UpdateBound bound = new UpdateBound(update, subnormals);
    double[] errors = new double[w.size()];
    for (int i = 0; i < errors.length; i++) {
      int at = i;
      errors[i] =
          bound
              .of(
                  bound.exact(w.value(i)),
                  new Rounded(gradient.value(i), gradientError.value(i), subnormals),
                  k -> bound.exact(moments.isEmpty() ? 0 : moments.get(k).value(at)))
              .error();
    }
    return new DoubleMatrix(w.rows(), w.columns(), errors);
  }

  private interface Moment {
    Rounded at(int number);
  }

  private Rounded exact(double value) {
    return Rounded.exact(value, subnormals);
  }

  private Rounded of(Rounded w, Rounded gradient, Moment moments) {
    Rounded g = update.decay() == 0 ? gradient : Rounded.fma(exact(update.decay()), w, gradient);
    Rounded direction =
        switch (update.rule()) {
          case Rule.Sgd() -> g;
          case Rule.Momentum(float factor) -> Rounded.fma(exact(factor), moments.at(0), g);
          case Rule.Nesterov(float factor) -> {
            Rounded mu = exact(factor);
            yield Rounded.fma(mu, Rounded.fma(mu, moments.at(0), g), g);
          }
          case Rule.Adam adam -> adam(adam, g, moments);
        };
    return Rounded.fma(exact(-update.rate()), direction, w);
  }

  private Rounded adam(Rule.Adam adam, Rounded g, Moment moments) {
    Rounded first = g.times(exact(Update.rest(adam.first())));
    Rounded second = g.times(g).times(exact(Update.rest(adam.second())));
    Rounded m = Rounded.fma(exact(adam.first()), moments.at(0), first);
    Rounded v = Rounded.fma(exact(adam.second()), moments.at(1), second);
    Rounded root = v.times(exact(update.correction())).root();
    // A root that is not negative leaves at least epsilon.
    Rounded epsilon = exact(update.epsilon());
    return m.over(root.plus(epsilon), epsilon.value() - epsilon.error());
  }
}
