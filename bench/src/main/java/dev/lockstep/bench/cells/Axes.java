package dev.lockstep.bench.cells;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The values of each axis of a check. {@link #cells} covers them by pairs: each value of an axis
 * meets each value of every other axis in at least one cell.
 *
 * @param widths units of a hidden layer
 * @param batches rows of a step
 * @param depths hidden layers
 * @param activations activation functions of the hidden layers
 * @param inits initialisations as text
 * @param optimizers optimisers with their schedules
 * @param losses loss functions that training minimises
 * @param noises standard deviations of the noise on hidden units
 * @param normalizations normalizations of the hidden layers; cells of batch 1 have none
 */
public record Axes(
    List<Integer> widths,
    List<Integer> batches,
    List<Integer> depths,
    List<Activation> activations,
    List<String> inits,
    List<CellOptimizer> optimizers,
    List<Loss> losses,
    List<Double> noises,
    List<Normalization> normalizations) {

  /**
   * Large enough to separate equal units, small enough to leave the accuracy of random units about
   * as it is.
   */
  private static final double NOISE = 0.1;

  /** The default of a check: awkward sizes beside powers of two. */
  public static final Axes DEFAULT =
      new Axes(
          List.of(7, 33, 64, 129, 256, 1021),
          List.of(1, 33, 250),
          List.of(1, 2, 3),
          checkedActivations(),
          List.of("equal", Cell.RANDOM),
          List.of(CellOptimizer.values()),
          List.of(Loss.values()),
          List.of(0.0, NOISE),
          List.of(Normalization.values()));

  /** The default on an emulated device, which is 100x slower than a CPU. */
  public static final Axes EMULATED = DEFAULT.withWidths(List.of(7, 33, 129)).withBatchesUpTo(33);

  /**
   * The default of the wide cells on a GPU: few, because each is large. The square weight matrix of
   * width 16384 takes 1 GiB.
   */
  public static final Axes WIDE =
      new Axes(
          List.of(4096, 16384),
          List.of(128),
          List.of(2),
          List.of(Activation.TANH),
          DEFAULT.inits(),
          List.of(CellOptimizer.SGD),
          List.of(Loss.CROSS_ENTROPY),
          List.of(0.0),
          List.of(Normalization.NONE));

  /** Returns these axes with no batch larger than {@code rows}. */
  public Axes withBatchesUpTo(int rows) {
    List<Integer> fewer = batches.stream().map(batch -> Math.min(batch, rows)).distinct().toList();
    return new Axes(
        widths, fewer, depths, activations, inits, optimizers, losses, noises, normalizations);
  }

  /**
   * Returns all activations except the identity. Tanh comes first because {@link #cells} breaks
   * ties in axis order.
   */
  private static List<Activation> checkedActivations() {
    Set<Activation> others = EnumSet.complementOf(EnumSet.of(Activation.IDENTITY));
    return Stream.concat(Stream.of(Activation.TANH), others.stream()).distinct().toList();
  }

  /** Returns these axes with other widths. */
  public Axes withWidths(List<Integer> others) {
    return new Axes(
        others, batches, depths, activations, inits, optimizers, losses, noises, normalizations);
  }

  /**
   * Returns the cells to run. Those of the first normalization cover all pairs of values of the
   * other axes; those of each further normalization cover each single value.
   */
  public List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Normalization normalization : normalizations) {
      boolean first = normalization == normalizations.getFirst();
      List<Cell> all =
          product().stream().filter(cell -> cell.normalization() == normalization).toList();
      Covering.Strength strength = first ? Covering.Strength.PAIRS : Covering.Strength.SINGLES;
      cells.addAll(new Covering(all, strength).chosen());
    }
    return List.copyOf(cells);
  }

  /** Returns every combination of values. */
  public List<Cell> product() {
    List<Cell> cells = new ArrayList<>();
    for (int width : widths) {
      for (int batch : batches) {
        for (int depth : depths) {
          for (Activation activation : activations) {
            for (String init : inits) {
              for (CellOptimizer optimizer : optimizers) {
                for (Loss loss : losses) {
                  for (double noise : noises) {
                    for (Normalization normalization : normalizations) {
                      if (batch > 1 || normalization == Normalization.NONE) {
                        cells.add(
                            new Cell(
                                width,
                                batch,
                                depth,
                                activation,
                                init,
                                optimizer,
                                loss,
                                noise,
                                normalization));
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return cells;
  }

  /** Returns every combination of values, with random units at the smallest width only. */
  public List<Cell> wideCells() {
    int smallest = widths.stream().min(Comparator.naturalOrder()).orElse(0);
    return product().stream()
        .filter(cell -> cell.width() == smallest || !cell.init().equals(Cell.RANDOM))
        .toList();
  }
}
