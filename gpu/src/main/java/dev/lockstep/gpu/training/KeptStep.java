package dev.lockstep.gpu.training;

import dev.lockstep.backend.ResidentTensors.Region;
import dev.lockstep.backend.ResidentTensors.Tensor;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.kernel.Kernels.Axis;
import dev.lockstep.gpu.kernel.Kernels.UnitNumbers;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Network;
import dev.lockstep.symmetry.ResidentSymmetry.Kept;
import java.util.List;
import java.util.Objects;

/**
 * Where everything lies that a step computed, and pieces of it on the host.
 *
 * @param session copies them
 * @param network shapes
 * @param rows of the batch
 * @param parameters after the step
 * @param gradients of the step, if it kept them
 * @param activations of the step
 * @param deltas of the step
 */
record KeptStep(
    DeviceSession session,
    Network network,
    int rows,
    ParameterMemory parameters,
    ParameterMemory gradients,
    LayerMemory activations,
    LayerMemory deltas) {

  /** Copies a piece of a tensor, a run of a row at a time. */
  FloatMatrix part(Tensor tensor, int layer, Region region) {
    int tall =
        switch (tensor) {
          case ACTIVATIONS, DELTAS -> rows;
          case WEIGHTS, WEIGHT_GRADIENTS -> network.in(layer);
          case BIASES, BIAS_GRADIENTS -> 1;
        };
    int wide = network.out(layer);
    Objects.checkFromIndexSize(region.row(), region.rows(), tall);
    Objects.checkFromIndexSize(region.column(), region.columns(), wide);
    FloatMatrix part = new FloatMatrix(region.rows(), region.columns());
    session.staging.download(
        memory(tensor, layer), (long) region.row() * wide + region.column(), wide, part);
    return part;
  }

  private DeviceMemory memory(Tensor tensor, int layer) {
    return switch (tensor) {
      case ACTIVATIONS -> activations.layer(layer);
      case DELTAS -> deltas.layer(layer);
      case WEIGHTS -> parameters.weights(layer);
      case BIASES -> parameters.biases(layer);
      case WEIGHT_GRADIENTS -> gradients.weights(layer);
      case BIAS_GRADIENTS -> gradients.biases(layer);
    };
  }

  /** Where the numbers of a hidden layer's units lie. */
  List<UnitNumbers> numbers(Kept kept, int hidden) {
    int units = network.out(hidden);
    return switch (kept) {
      case ACTIVATIONS ->
          List.of(new UnitNumbers(activations.layer(hidden), rows, units, Axis.COLUMN));
      case DELTAS -> List.of(new UnitNumbers(deltas.layer(hidden), rows, units, Axis.COLUMN));
      case GRADIENTS -> DeviceSymmetry.numbers(network, gradients, hidden);
    };
  }
}
