package dev.lockstep.bench.cells;

import dev.lockstep.symmetry.Divergence;
import dev.lockstep.symmetry.UnitClasses;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far the units of a network are apart, over all hidden layers.
 *
 * @param layers unit classes of each
 * @param relativeSpread mean over the layers
 */
public record Spread(List<UnitClasses> layers, double relativeSpread) {

  public Spread {
    layers = List.copyOf(layers);
  }

  /** Unit classes, added up over the layers. */
  public long classes() {
    return layers.stream().mapToLong(UnitClasses::count).sum();
  }

  /** Units, added up. */
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
