package dev.lockstep.bench.cells;

import dev.lockstep.backend.TensorView;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.Layer;
import dev.lockstep.program.Region;
import dev.lockstep.symmetry.UnitSlices;
import dev.lockstep.symmetry.UnitSlices.Axis;
import dev.lockstep.symmetry.UnitSlices.Part;
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
    Layer layer = tensors.program().layers().get(hidden);
    Layer above = tensors.program().layers().get(hidden + 1);
    int in = layer.weights().value().rows().size();
    int out = above.weights().value().columns().size();
    return new UnitSlices(
        units,
        List.of(
            new Part(
                tensors.part(layer.weights().value(), new Region(0, in, 0, units)), Axis.COLUMN),
            new Part(tensors.part(layer.bias().value(), new Region(0, 1, 0, units)), Axis.COLUMN),
            new Part(
                tensors.part(above.weights().value(), new Region(0, units, 0, out)), Axis.ROW)));
  }

  /** The gradients of unit 0's incoming weights in the last kept step. */
  FloatMatrix gradientsOfTheFirst(int hidden) {
    Layer layer = tensors.program().layers().get(hidden);
    int in = layer.weights().value().rows().size();
    return tensors.part(layer.weights().gradient(), Region.ofColumn(0, in));
  }
}
