package dev.lockstep.backend;

import java.util.List;

/**
 * How much of each axis the contract covers. Every case runs at every extent; what differs is the
 * sizes in it.
 *
 * @param sizes rows and columns of a product, every one with every other
 * @param depths terms of a product, at its small sizes
 * @param longest columns of one product more, long enough for several blocks
 * @param columns of the wide operands of activations
 * @param widths of the hidden layers trained
 * @param threads given to a trainer, one run for each
 */
public record Extent(
    List<Integer> sizes,
    List<Integer> depths,
    int longest,
    List<Integer> columns,
    List<Integer> widths,
    List<Integer> threads) {

  /** Whatever runs at the speed of this machine. */
  public static final Extent FULL =
      new Extent(
          List.of(1, 7, 33, 129, 250),
          List.of(0, 1, 7, 33, 129, 250),
          1021,
          List.of(129, 250, 1021),
          List.of(7, 33, 129),
          List.of(1, 2, 3));

  /** For a device that is emulated: still past the edge of any tile, but a tenth of the work. */
  public static final Extent MODERATE =
      new Extent(
          List.of(1, 7, 33, 129),
          List.of(0, 1, 7, 33, 129),
          250,
          List.of(129, 250),
          List.of(7, 33),
          List.of(1));

  public Extent {
    sizes = List.copyOf(sizes);
    depths = List.copyOf(depths);
    columns = List.copyOf(columns);
    widths = List.copyOf(widths);
    threads = List.copyOf(threads);
  }
}
