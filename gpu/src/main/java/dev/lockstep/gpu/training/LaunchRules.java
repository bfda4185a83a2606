package dev.lockstep.gpu.training;

import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.model.Optimizer;
import dev.lockstep.program.Fusion;
import dev.lockstep.program.Op;

/**
 * Which pairs of operations the backends on CUDA compute together. The project's products do in
 * their epilogue what fits there. Plain descent at the same rate in every step uses up a gradient
 * as it is made, a library's too, which then lies in memory that all gradients share.
 *
 * @param products who computes them
 * @param optimizer whose updates may follow
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
            // A kernel that changes what it reads would read it changed.
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
