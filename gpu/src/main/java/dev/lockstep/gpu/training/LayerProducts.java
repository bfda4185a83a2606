package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.model.Activation;
import dev.lockstep.program.ProductShape;
import java.util.List;

/**
 * The three products of a layer with what is done to their elements: what tells the backends on
 * CUDA apart. Matrices are row-major binary32.
 *
 * <p>Memory must exist while the works made here are used; they put everything into the stream they
 * are given, which for a library must be the one it was opened on.
 */
interface LayerProducts extends Closing.Resource {

  /**
   * A new list of works begins, at whose start nothing is known of what earlier ones left behind.
   * Within a list works are made in the order in which they will run.
   */
  void startPlan();

  /** C = op(A) op(B) and nothing else. */
  List<Work> product(ProductShape shape, DeviceMemory a, DeviceMemory b, DeviceMemory c);

  /**
   * z = x w + bias, a = f(z): x is rows x in, w in x out, z and a rows x out.
   *
   * @param z the activations themselves, unless the activation keeps its input
   */
  List<Work> forward(
      ProductShape shape,
      Activation activation,
      DeviceMemory x,
      DeviceMemory w,
      DeviceMemory bias,
      DeviceMemory z,
      DeviceMemory a);

  /**
   * deltaBelow = f'(delta w^T, kept): delta is rows x out, w in x out, kept and deltaBelow rows x
   * in.
   *
   * @param kept what {@link #forward} left in z
   */
  List<Work> backward(
      ProductShape shape,
      Activation activation,
      DeviceMemory delta,
      DeviceMemory w,
      DeviceMemory kept,
      DeviceMemory deltaBelow);

  /** w = fma(-rate, below^T delta, w), unless the state says that a loss was not finite. */
  List<Work> update(
      ProductShape shape,
      DeviceMemory below,
      DeviceMemory delta,
      DeviceMemory w,
      float rate,
      DeviceMemory state);

  /**
   * Runs what must have run before the works made so far can be recorded into a graph. It writes
   * only what the next step overwrites: activations, deltas and gradients.
   */
  void warmUp(Stream stream);
}
