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
   * The parameter and its moments after it.
   *
   * @param before the parameter, exact in binary32
   * @param gradient and how far it may be from that without rounding
   * @param moments before, exact in binary32; as many as the rule keeps
   */
  List<Rounded> of(double before, Rounded gradient, double[] moments) {
    Rounded w = exact(before);
    Rounded g = update.decay() == 0 ? gradient : Rounded.fma(exact(update.decay()), w, gradient);
    return switch (update.rule()) {
      case Rule.Sgd() -> List.of(moved(w, g));
      case Rule.Momentum(float factor) -> {
        Rounded v = Rounded.fma(exact(factor), exact(moments[0]), g);
        yield List.of(moved(w, v), v);
      }
      case Rule.Nesterov(float factor) -> {
        Rounded v = Rounded.fma(exact(factor), exact(moments[0]), g);
        yield List.of(moved(w, Rounded.fma(exact(factor), v, g)), v);
      }
      case Rule.Adam adam -> adam(adam, w, g, moments);
    };
  }

  private Rounded exact(double value) {
    return Rounded.exact(value, subnormals);
  }

  private Rounded moved(Rounded w, Rounded direction) {
    return Rounded.fma(exact(-update.rate()), direction, w);
  }

  private List<Rounded> adam(Rule.Adam adam, Rounded w, Rounded g, double[] moments) {
    Rounded first = g.times(exact(Update.rest(adam.first())));
    Rounded second = g.times(g).times(exact(Update.rest(adam.second())));
    Rounded m = Rounded.fma(exact(adam.first()), exact(moments[0]), first);
    Rounded v = Rounded.fma(exact(adam.second()), exact(moments[1]), second);
    Rounded root = v.times(exact(update.correction())).root();
    // A root that is not negative leaves at least epsilon.
    Rounded epsilon = exact(adam.epsilon());
    Rounded direction = m.over(root.plus(epsilon), epsilon.value() - epsilon.error());
    return List.of(moved(w, direction), m, v);
  }
}
