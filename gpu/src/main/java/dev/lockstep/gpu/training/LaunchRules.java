package dev.lockstep.gpu.training;

import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.model.Optimizer;
import dev.lockstep.program.Fusion;
import dev.lockstep.program.Op;

/**
 * The pairs of operations that the backends on CUDA fuse. The project's product kernels fuse
 * activations and derivatives as epilogues. Plain descent with a constant rate consumes a gradient
 * as soon as it is computed; this also holds for a library's gradients, which then share one piece
 * of memory.
 *
 * @param products how products are computed
 * @param optimizer the optimiser that makes the updates
 */
record LaunchRules(Products products, Optimizer optimizer) implements Fusion.Rules {

  @Override
  public boolean join(Op first, Op second) {
    return switch (first) {
      case Op.Product _ ->
          switch (second) {
            case Op.BiasActivation call ->
                products == Products.CANONICAL && call.activation().fuses();
            case Op.Derivative call ->
                products == Products.CANONICAL && Epilogue.fusesDerivative(call.activation());
            // A kernel that updates its own operand would read updated elements.
            case Op.Update update -> isPlain(update) && !first.reads().contains(update.parameter());
            default -> false;
          };
      case Op.ColumnSums _ -> second instanceof Op.Update update && isPlain(update);
      default -> false;
    };
  }

  private boolean isPlain(Op.Update update) {
    return !optimizer.dependsOnStep() && update.by().isPlain();
  }
}
