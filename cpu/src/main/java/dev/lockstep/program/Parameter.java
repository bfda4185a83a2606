package dev.lockstep.program;

import java.util.List;

/**
 * A tensor that training changes.
 *
 * @param value itself
 * @param gradient of the mean loss by it, of its shape
 * @param moments what the optimiser's rule keeps of it, of its shape; +0 before the first step
 */
public record Parameter(Tensor value, Tensor gradient, List<Tensor> moments) {
  public Parameter {
    moments = List.copyOf(moments);
  }
}
