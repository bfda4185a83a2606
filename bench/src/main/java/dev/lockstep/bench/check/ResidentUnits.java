package dev.lockstep.bench.check;

import dev.lockstep.backend.TensorView;
import dev.lockstep.model.Network;
import dev.lockstep.program.Layer;
import dev.lockstep.program.Parameter;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import dev.lockstep.symmetry.UnitSlices;
import dev.lockstep.symmetry.UnitSlices.Axis;
import dev.lockstep.symmetry.UnitSlices.Part;
import java.util.List;
import java.util.function.Function;

/**
 * Copies of the first units of hidden layers whose tensors lie on a device.
 *
 * <p>Of a layer that is one unit class unit 0 is all of it: how far it has moved, relative to its
 * norm, is how far the layer has, since every unit adds the same terms to both. So it need not be
 * copied whole to be known to have moved.
 */
final class ResidentUnits {

  private final Network network;
  private final TensorView tensors;

  ResidentUnits(Network network, TensorView tensors) {
    this.network = network;
    this.tensors = tensors;
  }

  /** Incoming weights, bias and outgoing weights of the first units of a hidden layer, from 0. */
  UnitSlices first(int units, int hidden) {
    return slices(units, hidden, Parameter::value);
  }

  /** Gradients of unit 0's numbers in the last kept step. */
  UnitSlices gradientsOfUnitZero(int hidden) {
    return slices(1, hidden, Parameter::gradient);
  }

  private UnitSlices slices(int units, int h, Function<Parameter, Tensor> part) {
    Layer layer = tensors.program().layers().get(h);
    Layer above = tensors.program().layers().get(h + 1);
    Region incoming = new Region(0, network.in(h), 0, units);
    Region bias = new Region(0, 1, 0, units);
    Region outgoing = new Region(0, units, 0, network.out(h + 1));
    return new UnitSlices(
        units,
        List.of(
            new Part(tensors.part(part.apply(layer.weights()), incoming), Axis.COLUMN),
            new Part(tensors.part(part.apply(layer.bias()), bias), Axis.COLUMN),
            new Part(tensors.part(part.apply(above.weights()), outgoing), Axis.ROW)));
  }
}
