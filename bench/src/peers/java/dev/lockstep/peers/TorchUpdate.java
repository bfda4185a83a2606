package dev.lockstep.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The update of one tensor by libtorch, in place, in the order in which PyTorch's own optimisers
 * (torch.optim) have it. Plain descent is one pass; the other rules take temporary tensors.
 */
final class TorchUpdate {
  private final TorchOperators operators;
  private final List<NDArray> moments = new ArrayList<>();
  private final MemorySegment rate = TorchOperators.scalar(0);

  /**
   * For a matrix.
   *
   * @param kept how many numbers the rule keeps of each parameter
   */
  TorchUpdate(TorchOperators operators, NDManager manager, int kept, int rows, int columns) {
    this.operators = operators;
    for (int k = 0; k < kept; k++) {
      moments.add(Torch.zeros(manager, rows, columns));
    }
  }

  /** One of what the rule keeps, as the parameters have it. */
  NDArray moment(int number) {
    return moments.get(number);
  }

  /** Overwrites w and the moments; where weights decay, the gradient too. */
  void apply(Update update, NDArray w, NDArray g) {
    TorchOperators.set(rate, update.rate());
    if (update.decay() != 0) {
      try (NDArray decay = w.mul(update.decay())) {
        g.addi(decay);
      }
    }
    switch (update.rule()) {
      case Rule.Sgd() -> operators.update(w, g, rate);
      case Rule.Momentum(float factor) -> {
        NDArray v = velocity(factor, g);
        operators.update(w, v, rate);
      }
      case Rule.Nesterov(float factor) -> {
        NDArray v = velocity(factor, g);
        try (NDArray ahead = v.mul(factor)) {
          ahead.addi(g);
          operators.update(w, ahead, rate);
        }
      }
      case Rule.Adam adam -> adam(adam, update, w, g);
    }
  }

  private NDArray velocity(float factor, NDArray g) {
    NDArray v = moments.getFirst();
    v.muli(factor);
    v.addi(g);
    return v;
  }

  private void adam(Rule.Adam adam, Update update, NDArray w, NDArray g) {
    NDArray m = moments.getFirst();
    NDArray v = moments.getLast();
    m.muli(adam.first());
    v.muli(adam.second());
    try (NDArray first = g.mul(Update.rest(adam.first()));
        NDArray second = g.mul(g)) {
      m.addi(first);
      second.muli(Update.rest(adam.second()));
      v.addi(second);
    }
    try (NDArray corrected = v.mul(update.correction());
        NDArray divisor = corrected.sqrt()) {
      divisor.addi(update.epsilon());
      try (NDArray direction = m.div(divisor)) {
        operators.update(w, direction, rate);
      }
    }
  }
}
