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
 * <p>Of a layer that is one unit class unit 0 is all of it: how far it has moved, relative to its
 * norm, is how far the layer has, since every unit adds the same terms to both. So the layer need
 * not be copied whole to be known to have moved.
 *
 * @param tensors where they lie
 */
record FirstUnits(TensorView tensors) {

  /** Incoming weights, bias and outgoing weights of so many units of a hidden layer, from 0. */
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

  /** The gradients of unit 0's incoming weights in the last kept step. */
  FloatMatrix gradientsOfTheFirst(int hidden) {
    Tensor gradient =
        tensors.program().gradients().values().stream()
            .filter(tensor -> tensor.columns().isOfUnits(hidden))
            .findFirst()
            .orElseThrow();
    return tensors.part(gradient, Region.ofColumn(0, gradient.rows().size()));
  }
}
