package dev.lockstep.cpu;

import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Update} on vectors, in place, over a part of a tensor. Whole vectors are read and written
 * without a mask, which HotSpot would put into an object; plain Java does the rest.
 */
final class VectorUpdate {
  private final Update update;
  private final StepNumbers numbers;
  private final float[] w;
  private final float[] first;
  private final float[] second;
  private final float decay;
  private float minusRate;
  private float correction;

  /**
   * An update of parameters.
   *
   * @param moments what the rule keeps of each
   */
  VectorUpdate(Update update, StepNumbers numbers, float[] w, List<float[]> moments) {
    this.update = update;
    this.numbers = numbers;
    this.w = w;
    first = moments.isEmpty() ? w : moments.getFirst();
    second = moments.isEmpty() ? w : moments.getLast();
    decay = update.decay();
  }

  /** Takes over the numbers of the step at hand. Due before each pass. */
  void prepare() {
    minusRate = -numbers.rate(update);
    correction = numbers.correction(update);
  }

  /**
   * Updates some parameters.
   *
   * @param at the first of them, and of their moments
   * @param g gradients, the first of them at gAt
   */
  void apply(int at, float[] g, int gAt, int length) {
    switch (update.rule()) {
      case Rule.Sgd() -> sgd(at, g, gAt, length);
      case Rule.Momentum(float factor) -> momentum(factor, at, g, gAt, length);
      case Rule.Nesterov(float factor) -> nesterov(factor, at, g, gAt, length);
      case Rule.Adam adam -> adam(adam, at, g, gAt, length);
    }
  }

  private void sgd(int at, float[] g, int gAt, int length) {
    FloatVector rate = broadcast(minusRate);
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector old = load(w, at + i);
      rate.fma(decayed(old, load(g, gAt + i)), old).intoArray(w, at + i);
    }
    for (; i < length; i++) {
      float old = w[at + i];
      w[at + i] = Math.fma(minusRate, decayed(old, g[gAt + i]), old);
    }
  }

  private void momentum(float factor, int at, float[] g, int gAt, int length) {
    FloatVector rate = broadcast(minusRate);
    FloatVector share = broadcast(factor);
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector old = load(w, at + i);
      FloatVector v = share.fma(load(first, at + i), decayed(old, load(g, gAt + i)));
      v.intoArray(first, at + i);
      rate.fma(v, old).intoArray(w, at + i);
    }
    for (; i < length; i++) {
      float old = w[at + i];
      float v = Math.fma(factor, first[at + i], decayed(old, g[gAt + i]));
      first[at + i] = v;
      w[at + i] = Math.fma(minusRate, v, old);
    }
  }

  private void nesterov(float factor, int at, float[] g, int gAt, int length) {
    FloatVector rate = broadcast(minusRate);
    FloatVector share = broadcast(factor);
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector old = load(w, at + i);
      FloatVector gradient = decayed(old, load(g, gAt + i));
      FloatVector v = share.fma(load(first, at + i), gradient);
      v.intoArray(first, at + i);
      rate.fma(share.fma(v, gradient), old).intoArray(w, at + i);
    }
    for (; i < length; i++) {
      float old = w[at + i];
      float gradient = decayed(old, g[gAt + i]);
      float v = Math.fma(factor, first[at + i], gradient);
      first[at + i] = v;
      w[at + i] = Math.fma(minusRate, Math.fma(factor, v, gradient), old);
    }
  }

  private void adam(Rule.Adam adam, int at, float[] g, int gAt, int length) {
    float b1 = adam.first();
    float b2 = adam.second();
    float rest1 = Update.rest(b1);
    float rest2 = Update.rest(b2);
    float epsilon = adam.epsilon();
    FloatVector rate = broadcast(minusRate);
    FloatVector share1 = broadcast(b1);
    FloatVector share2 = broadcast(b2);
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector old = load(w, at + i);
      FloatVector gradient = decayed(old, load(g, gAt + i));
      FloatVector m = share1.fma(load(first, at + i), gradient.mul(rest1));
      FloatVector v = share2.fma(load(second, at + i), gradient.mul(gradient).mul(rest2));
      m.intoArray(first, at + i);
      v.intoArray(second, at + i);
      rate.fma(m.div(v.mul(correction).sqrt().add(epsilon)), old).intoArray(w, at + i);
    }
    for (; i < length; i++) {
      float old = w[at + i];
      float gradient = decayed(old, g[gAt + i]);
      float m = Math.fma(b1, first[at + i], rest1 * gradient);
      float v = Math.fma(b2, second[at + i], rest2 * (gradient * gradient));
      first[at + i] = m;
      second[at + i] = v;
      w[at + i] = Math.fma(minusRate, m / ((float) Math.sqrt(v * correction) + epsilon), old);
    }
  }

  private FloatVector decayed(FloatVector old, FloatVector gradient) {
    return decay == 0 ? gradient : broadcast(decay).fma(old, gradient);
  }

  private float decayed(float old, float gradient) {
    return decay == 0 ? gradient : Math.fma(decay, old, gradient);
  }

  private static FloatVector broadcast(float x) {
    return FloatVector.broadcast(Lanes.SPECIES, x);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(Lanes.SPECIES, array, at);
  }
}
