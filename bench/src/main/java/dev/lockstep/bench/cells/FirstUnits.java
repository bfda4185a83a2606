package dev.lockstep.bench.cells;

import dev.lockstep.backend.TensorView;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import dev.lockstep.symmetry.UnitSlices;
import dev.lockstep.symmetry.UnitSlices.Axis;
import dev.lockstep.symmetry.UnitSlices.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies of the first units of hidden layers.
 *
 * <p>In a layer that is one unit class, unit 0 stands for all units: its relative change is that of
 * the whole layer, because every unit adds the same terms to the change and to the norm. So one
 * unit is copied to tell whether the layer has moved.
 *
 * @param tensors the tensors of the trainer
 */
record FirstUnits(TensorView tensors) {

  /**
   * Returns the incoming weights, biases and outgoing weights of the first {@code units} units of a
   * hidden layer, with all other learned parameters that are stored per unit.
   *
   * @param hidden the hidden layer, from 0
   */
  UnitSlices values(int units, int hidden) {
    List<Part> parts = new ArrayList<>();
    tensors
        .program()
        .values()
        .forEach(
            (parameter, value) -> {
              if (parameter.isLearned() && value.columns().isOfUnits(hidden)) {
                Region columns = new Region(0, value.rows().size(), 0, units);
                parts.add(new Part(tensors.part(value, columns), Axis.COLUMN));
              } else if (parameter.isLearned() && value.rows().isOfUnits(hidden)) {
                Region rows = new Region(0, units, 0, value.columns().size());
                parts.add(new Part(tensors.part(value, rows), Axis.ROW));
              }
            });
    return new UnitSlices(units, parts);
  }

  /**
   * Returns the gradients of the incoming weights of unit 0, as one column, in the last kept step.
   */
  FloatMatrix gradientsOfTheFirst(int hidden) {
    Tensor gradient =
        tensors.program().gradients().values().stream()
            .filter(tensor -> tensor.columns().isOfUnits(hidden))
            .findFirst()
            .orElseThrow();
    return tensors.part(gradient, Region.ofColumn(0, gradient.rows().size()));
  }
}
