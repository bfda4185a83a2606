package dev.lockstep.bench.cells;

import dev.lockstep.symmetry.Divergence;
import dev.lockstep.symmetry.UnitClasses;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far apart the units of a network are, over all hidden layers.
 *
 * @param layers unit classes of each hidden layer
 * @param relativeSpread relative spread of the units, averaged over the layers
 */
public record Spread(List<UnitClasses> layers, double relativeSpread) {

  public Spread {
    layers = List.copyOf(layers);
  }

  /** Returns the number of unit classes, summed over the layers. */
  public long classes() {
    return layers.stream().mapToLong(UnitClasses::count).sum();
  }

  /** Returns the number of units, summed over the layers. */
  public long units() {
    return layers.stream().mapToLong(layer -> layer.classOf().length).sum();
  }

  static Spread of(Watched watched) {
    int hidden = watched.hiddenLayers();
    double spread = 0;
    for (int h = 0; h < hidden; h++) {
      spread += Divergence.relativeSpread(watched.measured().apply(h));
    }
    return new Spread(
        IntStream.range(0, hidden).mapToObj(watched.symmetry()::unitClasses).toList(),
        hidden == 0 ? 0 : spread / hidden);
  }
}
