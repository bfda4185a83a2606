package dev.lockstep.cpu;

import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Applies an {@link Update} on vectors, in place, to a part of a tensor. Whole vectors are read and
 * written without masks, because HotSpot would allocate an object for each mask. Plain Java updates
 * the last elements, which do not fill a vector.
 */
final class VectorUpdate {
  private final Update update;
  private final StepNumbers numbers;
  private final ScalarUpdate rest;
  private final float[] w;
  private final float[] first;
  private final float[] second;
  private final float decay;
  private float minusRate;
  private float correction;

  /**
   * Creates an update of parameters.
   *
   * @param moments one array for each of the rule's moments
   */
  VectorUpdate(Update update, StepNumbers numbers, float[] w, List<float[]> moments) {
    this.update = update;
    this.numbers = numbers;
    this.w = w;
    rest = ScalarUpdate.of(update, numbers, w, moments);
    first = rest.first();
    second = rest.second();
    decay = update.decay();
  }

  /** Reads the numbers of the current step. Must be called before each pass. */
  void prepare() {
    minusRate = -numbers.rate(update);
    correction = numbers.correction(update);
  }

  /**
   * Updates {@code length} parameters.
   *
   * @param at index of the first parameter and of its moments
   * @param g gradients; the first is at {@code gAt}
   */
  void apply(int at, float[] g, int gAt, int length) {
    int end = at + length / Lanes.COUNT * Lanes.COUNT;
    int shift = gAt - at;
    switch (update.rule()) {
      case Rule.Sgd() -> sgd(at, end, g, shift);
      case Rule.Momentum(float factor) -> momentum(factor, at, end, g, shift);
      case Rule.Nesterov(float factor) -> nesterov(factor, at, end, g, shift);
      case Rule.Adam adam -> adam(adam, at, end, g, shift);
    }
    if (end < at + length) {
      rest.apply(end, at + length, g, shift);
    }
  }

  private void sgd(int from, int to, float[] g, int shift) {
    FloatVector rate = broadcast(minusRate);
    for (int i = from; i < to; i += Lanes.COUNT) {
      FloatVector old = load(w, i);
      rate.fma(decayed(old, load(g, shift + i)), old).intoArray(w, i);
    }
  }

  private void momentum(float factor, int from, int to, float[] g, int shift) {
    FloatVector rate = broadcast(minusRate);
    FloatVector share = broadcast(factor);
    for (int i = from; i < to; i += Lanes.COUNT) {
      FloatVector old = load(w, i);
      FloatVector v = share.fma(load(first, i), decayed(old, load(g, shift + i)));
      v.intoArray(first, i);
      rate.fma(v, old).intoArray(w, i);
    }
  }

  private void nesterov(float factor, int from, int to, float[] g, int shift) {
    FloatVector rate = broadcast(minusRate);
    FloatVector share = broadcast(factor);
    for (int i = from; i < to; i += Lanes.COUNT) {
      FloatVector old = load(w, i);
      FloatVector gradient = decayed(old, load(g, shift + i));
      FloatVector v = share.fma(load(first, i), gradient);
      v.intoArray(first, i);
      rate.fma(share.fma(v, gradient), old).intoArray(w, i);
    }
  }

  private void adam(Rule.Adam adam, int from, int to, float[] g, int shift) {
    float rest1 = Update.rest(adam.first());
    float rest2 = Update.rest(adam.second());
    FloatVector rate = broadcast(minusRate);
    FloatVector share1 = broadcast(adam.first());
    FloatVector share2 = broadcast(adam.second());
    for (int i = from; i < to; i += Lanes.COUNT) {
      FloatVector old = load(w, i);
      FloatVector gradient = decayed(old, load(g, shift + i));
      FloatVector m = share1.fma(load(first, i), gradient.mul(rest1));
      FloatVector v = share2.fma(load(second, i), gradient.mul(gradient).mul(rest2));
      m.intoArray(first, i);
      v.intoArray(second, i);
      FloatVector divisor = v.mul(correction).sqrt().add(adam.epsilon());
      rate.fma(m.div(divisor), old).intoArray(w, i);
    }
  }

  private FloatVector decayed(FloatVector old, FloatVector gradient) {
    return decay == 0 ? gradient : broadcast(decay).fma(old, gradient);
  }

  private static FloatVector broadcast(float x) {
    return FloatVector.broadcast(Lanes.SPECIES, x);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(Lanes.SPECIES, array, at);
  }
}
