package dev.lockstep.bench.train;

import dev.lockstep.bench.terminal.Bitmap;
import dev.lockstep.matrix.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pictures of the first units of a layer, one for each unit: its incoming weights. Weights of a
 * square image are drawn as an image, others as a bar. What does not fit is drawn smaller, with the
 * mean of neighbouring weights.
 *
 * @param side of the square image; 0 for a bar
 * @param inputs the weights of a unit
 * @param shrink the weights along a side, or a bar, that share a pixel
 * @param across pictures in a line
 * @param down lines of pictures
 * @param columns characters of a line
 */
record Gallery(int side, int inputs, int shrink, int across, int down, int columns) {

  /** The fewest pixels along a side in which an image can be recognised. */
  private static final int FEWEST_PIXELS = 4;

  /** Where the differences of most weights can be seen, though a few are much larger. */
  private static final double SCALE = 0.97;

  /**
   * Lays out as many units as fit.
   *
   * @param side of the square image that the inputs are; 0 if they are none
   * @param columns the most characters of a line
   * @param rows the most lines
   */
  static Gallery of(int side, int inputs, int units, int columns, int rows) {
    if (side == 0) {
      return new Gallery(0, inputs, ceil(inputs, columns), 1, Math.min(units, rows), columns);
    }
    int shrink = shrink(side, units, columns, rows);
    int across = Math.clamp(fit(columns, ceil(side, shrink)), 1, units);
    int down = Math.clamp(fit(rows, lines(side, shrink)), 1, ceil(units, across));
    return new Gallery(side, inputs, shrink, across, down, columns);
  }

  /** Shrinks images until two units fit side by side, or one if two would be too small. */
  private static int shrink(int side, int units, int columns, int rows) {
    int smallest = side;
    for (int wanted = Math.min(2, units); wanted > 0; wanted--) {
      for (int shrink = 1; ceil(side, shrink) >= Math.min(side, FEWEST_PIXELS); shrink++) {
        if (fit(columns, ceil(side, shrink)) >= wanted && lines(side, shrink) <= rows) {
          return shrink;
        }
        smallest = shrink;
      }
    }
    return smallest;
  }

  private static int ceil(int number, int divisor) {
    return (number + divisor - 1) / divisor;
  }

  /** How many things of a length fit, with a gap of one between them. */
  private static int fit(int room, int length) {
    return (room + 1) / (length + 1);
  }

  private static int lines(int side, int shrink) {
    return ceil(ceil(side, shrink), 2);
  }

  /** The units that are shown, at most. */
  int units() {
    return across * down;
  }

  private int width() {
    return ceil(side == 0 ? inputs : side, shrink);
  }

  private int height() {
    return side == 0 ? 1 : width();
  }

  /** The magnitude below which most of the pixels lie. */
  double scale(Matrix weights) {
    double[] all =
        IntStream.range(0, Math.min(units(), weights.columns()))
            .mapToObj(unit -> pixels(weights, unit))
            .flatMapToDouble(Arrays::stream)
            .map(Math::abs)
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    return all.length == 0 ? 0 : all[(int) (SCALE * (all.length - 1))];
  }

  /**
   * Draws the pictures.
   *
   * @param weights inputs x units
   * @param scale the magnitude that is drawn as the strongest
   * @return lines of {@link #columns} visible characters
   */
  List<String> lines(Matrix weights, double scale, Bitmap.Ink ink) {
    List<String> lines = new ArrayList<>();
    int shown = Math.min(units(), weights.columns());
    for (int first = 0; first < shown; first += across) {
      if (first > 0 && side > 0) {
        lines.add(" ".repeat(columns));
      }
      List<List<String>> pictures = new ArrayList<>();
      for (int unit = first; unit < Math.min(shown, first + across); unit++) {
        double[] pixels = pixels(weights, unit);
        double divisor = scale > 0 ? scale : 1;
        Arrays.setAll(pixels, pixel -> pixels[pixel] / divisor);
        pictures.add(new Bitmap(width(), height(), pixels).lines(ink));
      }
      int used = pictures.size() * (width() + 1) - 1;
      for (int line = 0; line < pictures.getFirst().size(); line++) {
        int number = line;
        lines.add(
            String.join(" ", pictures.stream().map(picture -> picture.get(number)).toList())
                + " ".repeat(Math.max(0, columns - used)));
      }
    }
    return lines;
  }

  /** The mean of the weights of each pixel. */
  private double[] pixels(Matrix weights, int unit) {
    double[] sums = new double[width() * height()];
    int[] counts = new int[sums.length];
    int line = side == 0 ? inputs : side;
    for (int input = 0; input < weights.rows(); input++) {
      int pixel = input / line / shrink * width() + input % line / shrink;
      sums[pixel] += weights.value(input * weights.columns() + unit);
      counts[pixel]++;
    }
    Arrays.setAll(sums, pixel -> sums[pixel] / counts[pixel]);
    return sums;
  }
}
