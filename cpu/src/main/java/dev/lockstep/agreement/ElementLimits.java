package dev.lockstep.agreement;

import static dev.lockstep.agreement.RoundingModel.square;

import dev.lockstep.agreement.RoundingModel.Deviations;

/**
 * What the elements of a product may err: their a-priori bounds and the limits of {@link
 * RoundingModel}.
 */
final class ElementLimits {
  /** Random values of few bits are repeated as well, but rarely. */
  private static final double REPEATED = 1.5;

  private final Factors factors;
  private final RoundingModel model;
  private final ElementBound element;
  private final Deviations deviations;

  /**
   * What an element may err.
   *
   * @param bound its a-priori bound
   * @param shift how far truncation and underflow may move it
   * @param limit what it exceeds at the rate of false alarms at most
   * @param variance the variance of its error
   * @param repetition by how much equal terms increase the variance
   */
  record Limits(double bound, double shift, double limit, double variance, double repetition) {
    /** Returns whether equal terms leave the limit nothing to see that the bound does not see. */
    boolean repeats() {
      return repetition > REPEATED && limit >= bound;
    }
  }

  /**
   * Prepares the limits of a product.
   *
   * @param rate the rate of false alarms of one element
   */
  ElementLimits(Factors factors, RoundingModel model, ElementBound element, double rate) {
    this.factors = factors;
    this.model = model;
    this.element = element;
    deviations = Deviations.of(rate, 1);
  }

  /**
   * Returns the limits of an element.
   *
   * @param products inner products of the row
   * @param at the place of the element among them
   */
  Limits of(InnerProducts products, int at, int row, int column) {
    double value = square(products.value(at));
    double squares = products.squares(at);
    double repetition = factors.repetition(row, column);
    double ofSums =
        Math.max(
            model.ofSums(value, squares, repetition),
            model.ofChain(products.partialSquares(at), repetition));
    double others =
        model.ofTerms(value, squares, repetition)
            + model.ofOperands(
                value, squares, factors.repeatedInRows()[row], factors.repeatedInColumns()[column]);
    double bound =
        ElementBound.SLACK
            * element.rounding().scale()
            * element.ofProduct(factors.terms(), products.magnitude(at), model.underflow());
    double shift = model.shift() * Math.abs(products.value(at)) + model.underflow();
    return new Limits(
        bound, shift, shift + deviations.limit(ofSums, others), ofSums + others, repetition);
  }

  /** Returns the largest part of a limit that is proportional to the element. */
  double relative() {
    double repetition =
        Math.min(
            Repetition.largest(factors.repeatedInRows()),
            Repetition.largest(factors.repeatedInColumns()));
    return model.shift() + deviations.limit(model.ofSums(1, 0, repetition), 0);
  }
}
