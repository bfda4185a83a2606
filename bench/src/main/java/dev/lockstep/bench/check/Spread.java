package dev.lockstep.bench.check;

import dev.lockstep.model.Parameters;
import dev.lockstep.symmetry.Divergence;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.ArrayList;
import java.util.List;

/**
 * How far the units of a network are apart, over all hidden layers.
 *
 * @param layers unit classes of each
 * @param relativeSpread mean over the layers
 */
record Spread(List<UnitClasses> layers, double relativeSpread) {

  Spread {
    layers = List.copyOf(layers);
  }

  /** Unit classes, added up over the layers. */
  long classes() {
    return layers.stream().mapToLong(UnitClasses::count).sum();
  }

  /** Units, added up. */
  long units() {
    return layers.stream().mapToLong(layer -> layer.classOf().length).sum();
  }

  static Spread of(Parameters parameters) {
    List<UnitClasses> layers = new ArrayList<>();
    double spread = 0;
    int hidden = parameters.layers() - 1;
    for (int h = 0; h < hidden; h++) {
      UnitSlices slices = UnitSlices.of(parameters, h);
      layers.add(UnitClasses.of(slices));
      spread += Divergence.relativeSpread(slices);
    }
    return new Spread(layers, hidden == 0 ? 0 : spread / hidden);
  }
}
