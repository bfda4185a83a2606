package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.kernel.Kernels.Axis;
import dev.lockstep.gpu.kernel.Kernels.UnitNumbers;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Network;
import dev.lockstep.program.Layer;
import dev.lockstep.program.Parameter;
import dev.lockstep.program.Region;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import java.util.List;

/**
 * Where everything lies that a step computed, and pieces of it on the host.
 *
 * @param session copies them
 * @param network shapes
 * @param rows of the batch
 * @param parameters after the step
 * @param gradients of the step, if it kept them
 * @param moments of the parameters after the step
 * @param activations of the step
 * @param deltas of the step
 */
record KeptStep(
    DeviceSession session,
    Network network,
    int rows,
    ParameterMemory parameters,
    ParameterMemory gradients,
    List<ParameterMemory> moments,
    LayerMemory activations,
    LayerMemory deltas) {

  /** Copies a piece of a tensor, a run of a row at a time. */
  FloatMatrix part(StepProgram program, Tensor tensor, Region region) {
    DeviceMemory memory = memory(program, tensor);
    region.requireIn(tensor);
    int wide = tensor.columns().size();
    FloatMatrix part = new FloatMatrix(region.rows(), region.columns());
    session.staging.download(memory, (long) region.row() * wide + region.column(), wide, part);
    return part;
  }

  private DeviceMemory memory(StepProgram program, Tensor tensor) {
    for (int l = 0; l < network.layers(); l++) {
      Layer layer = program.layers().get(l);
      if (tensor.equals(layer.activations())) {
        return activations.layer(l);
      }
      if (tensor.equals(layer.delta())) {
        return deltas.layer(l);
      }
      Parameter weights = layer.weights();
      if (tensor.equals(weights.value())) {
        return parameters.weights(l);
      }
      if (tensor.equals(weights.gradient())) {
        return gradients.weights(l);
      }
      if (weights.moments().contains(tensor)) {
        return moments.get(weights.moments().indexOf(tensor)).weights(l);
      }
      Parameter bias = layer.bias();
      if (tensor.equals(bias.value())) {
        return parameters.biases(l);
      }
      if (tensor.equals(bias.gradient())) {
        return gradients.biases(l);
      }
      if (bias.moments().contains(tensor)) {
        return moments.get(bias.moments().indexOf(tensor)).biases(l);
      }
    }
    throw new IllegalArgumentException(tensor + " cannot be read");
  }

  /** Where a tensor has its numbers of a hidden layer's units. */
  UnitNumbers numbers(StepProgram program, Tensor tensor, int hidden) {
    boolean columns =
        tensor.columns() instanceof dev.lockstep.program.Axis.Units(int layer, _)
            && layer == hidden;
    return new UnitNumbers(
        memory(program, tensor),
        tensor.rows().size(),
        tensor.columns().size(),
        columns ? Axis.COLUMN : Axis.ROW);
  }
}
