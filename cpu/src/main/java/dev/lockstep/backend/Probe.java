package dev.lockstep.backend;

import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.LayerTensors;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The tensors that one training step computed, in the backend's precision.
 *
 * @param loss mean loss of the batch
 * @param program the program of the step
 * @param tensors the tensors of {@link Trainer.Inspection#tensors}; gradients are taken at the
 *     parameters before the step
 */
public record Probe(double loss, StepProgram program, Map<Tensor, Matrix> tensors) {

  public Probe {
    tensors = Map.copyOf(tensors);
  }

  /** Reads every tensor of a step that can be read. */
  public static Probe of(
      double loss, StepProgram program, Inspection inspection, Function<Tensor, Matrix> read) {
    return new Probe(
        loss,
        program,
        inspection.tensors(program).stream().collect(Collectors.toMap(t -> t, read)));
  }

  /**
   * Returns a tensor.
   *
   * @throws IllegalArgumentException if a probe does not show the tensor
   */
  public Matrix of(Tensor tensor) {
    Matrix matrix = tensors.get(tensor);
    if (matrix == null) {
      throw new IllegalArgumentException("a probe does not show " + tensor);
    }
    return matrix;
  }

  /** Returns the activations of each layer, B x out(l). The last are the outputs of the network. */
  public List<Matrix> activations() {
    return program.layers().stream().map(LayerTensors::activations).map(this::of).toList();
  }

  /** Returns the gradients of the loss with respect to each layer's weighted inputs, B x out(l). */
  public List<Matrix> deltas() {
    return program.layers().stream().map(LayerTensors::delta).map(this::of).toList();
  }

  /** Returns the gradients of the learned parameters. */
  public Parameters gradients() {
    return Parameters.of(program.gradients(), this::of);
  }
}
