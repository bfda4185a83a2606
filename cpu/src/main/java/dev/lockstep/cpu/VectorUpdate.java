package dev.lockstep.cpu;

import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link Update} on vectors, in place, over a range of a tensor. It waits for memory, not for
 * arithmetic: every access is masked, so that the end of a range is no case of its own.
 */
final class VectorUpdate {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private final Update update;
  private final MemorySegment w;
  private final MemorySegment g;
  private final List<MemorySegment> moments;
  private final float minusRate;

  /**
   * @param w parameters
   * @param g their gradient
   * @param moments what the rule keeps of each, +0 before the first step
   */
  VectorUpdate(Update update, MemorySegment w, MemorySegment g, List<MemorySegment> moments) {
    this.update = update;
    this.w = w;
    this.g = g;
    this.moments = moments;
    minusRate = -update.rate();
  }

  /** Updates elements {@code from} to {@code to}, the latter excluded. */
  void apply(int from, int to) {
    switch (update.rule()) {
      case Rule.Sgd() -> sgd(from, to);
      case Rule.Momentum(float factor) -> momentum(factor, from, to);
      case Rule.Nesterov(float factor) -> nesterov(factor, from, to);
      case Rule.Adam adam -> adam(adam, from, to);
    }
  }

  private void sgd(int from, int to) {
    for (int i = from; i < to; i += Lanes.COUNT) {
      VectorMask<Float> mask = Lanes.SPECIES.indexInRange(i, to);
      FloatVector old = load(w, i, mask);
      step(gradient(old, i, mask), old, i, mask);
    }
  }

  private void momentum(float factor, int from, int to) {
    MemorySegment velocity = moments.getFirst();
    for (int i = from; i < to; i += Lanes.COUNT) {
      VectorMask<Float> mask = Lanes.SPECIES.indexInRange(i, to);
      FloatVector old = load(w, i, mask);
      FloatVector v = broadcast(factor).fma(load(velocity, i, mask), gradient(old, i, mask));
      store(v, velocity, i, mask);
      step(v, old, i, mask);
    }
  }

  private void nesterov(float factor, int from, int to) {
    MemorySegment velocity = moments.getFirst();
    for (int i = from; i < to; i += Lanes.COUNT) {
      VectorMask<Float> mask = Lanes.SPECIES.indexInRange(i, to);
      FloatVector old = load(w, i, mask);
      FloatVector gradient = gradient(old, i, mask);
      FloatVector v = broadcast(factor).fma(load(velocity, i, mask), gradient);
      store(v, velocity, i, mask);
      step(broadcast(factor).fma(v, gradient), old, i, mask);
    }
  }

  private void adam(Rule.Adam adam, int from, int to) {
    MemorySegment first = moments.getFirst();
    MemorySegment second = moments.getLast();
    float restOfFirst = Update.rest(adam.first());
    float restOfSecond = Update.rest(adam.second());
    for (int i = from; i < to; i += Lanes.COUNT) {
      VectorMask<Float> mask = Lanes.SPECIES.indexInRange(i, to);
      FloatVector old = load(w, i, mask);
      FloatVector gradient = gradient(old, i, mask);
      FloatVector m = broadcast(adam.first()).fma(load(first, i, mask), gradient.mul(restOfFirst));
      FloatVector v =
          broadcast(adam.second())
              .fma(load(second, i, mask), gradient.mul(gradient).mul(restOfSecond));
      store(m, first, i, mask);
      store(v, second, i, mask);
      step(m.div(v.mul(update.correction()).sqrt().add(update.epsilon())), old, i, mask);
    }
  }

  private FloatVector gradient(FloatVector old, int i, VectorMask<Float> mask) {
    FloatVector gradient = load(g, i, mask);
    return update.decay() == 0 ? gradient : broadcast(update.decay()).fma(old, gradient);
  }

  private void step(FloatVector direction, FloatVector old, int i, VectorMask<Float> mask) {
    store(broadcast(minusRate).fma(direction, old), w, i, mask);
  }

  private static FloatVector broadcast(float x) {
    return FloatVector.broadcast(Lanes.SPECIES, x);
  }

  private static FloatVector load(MemorySegment array, int i, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(Lanes.SPECIES, array, (long) i * Float.BYTES, ORDER, mask);
  }

  private static void store(FloatVector x, MemorySegment array, int i, VectorMask<Float> mask) {
    x.intoMemorySegment(array, (long) i * Float.BYTES, ORDER, mask);
  }
}
