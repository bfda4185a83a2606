package dev.lockstep.bench.check;

import dev.lockstep.model.Parameters;
import dev.lockstep.symmetry.Divergence;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;

/**
 * How far the units of a network are apart, over all hidden layers.
 *
 * @param classes unit classes, added up over the layers
 * @param units units, added up
 * @param relativeSpread mean over the layers
 */
record Spread(long classes, long units, double relativeSpread) {

  static Spread of(Parameters parameters) {
    long classes = 0;
    long units = 0;
    double spread = 0;
    int hidden = parameters.layers() - 1;
    for (int h = 0; h < hidden; h++) {
      UnitSlices slices = UnitSlices.of(parameters, h);
      classes += UnitClasses.of(slices).count();
      units += slices.units();
      spread += Divergence.relativeSpread(slices);
    }
    return new Spread(classes, units, hidden == 0 ? 0 : spread / hidden);
  }
}
