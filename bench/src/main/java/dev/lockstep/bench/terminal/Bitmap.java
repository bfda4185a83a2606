package dev.lockstep.bench.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * A picture of numbers from -1 to 1, of which two above each other share a character.
 *
 * @param values row by row; numbers beyond the ends count as the ends, NaN as 0
 */
public record Bitmap(int width, int height, double[] values) {

  /** How numbers are drawn. */
  public enum Ink {
    /** Half blocks in purple for negative, white for 0 and green for positive numbers. */
    BLOCKS("purple < 0 < green", "\u001b[m") {
      @Override
      String style(double upper, double lower) {
        return "\u001b[38;5;"
            + COLOURS[level(upper, COLOURS.length)]
            + ";48;5;"
            + COLOURS[level(lower, COLOURS.length)]
            + "m";
      }

      @Override
      char glyph(double upper, double lower) {
        return UPPER_HALF;
      }
    },
    /** ASCII characters that grow with the mean of the two numbers. */
    CHARACTERS("blank < 0 < @", "") {
      @Override
      String style(double upper, double lower) {
        return "";
      }

      @Override
      char glyph(double upper, double lower) {
        return RAMP.charAt(level((bounded(upper) + bounded(lower)) / 2, RAMP.length()));
      }
    };

    private static final char UPPER_HALF = '\u2580';

    /** Of the 256 colours that terminals share: purple, white and green, as dark as their ends. */
    private static final int[] COLOURS = {53, 90, 133, 176, 225, 255, 194, 114, 71, 28, 22};

    private static final String RAMP = " .:-=+*#%@";

    private final String legend;
    private final String end;

    Ink(String legend, String end) {
      this.legend = legend;
      this.end = end;
    }

    /** The ink that standard output shows. */
    public static Ink ofStandardOutput() {
      return Output.isColoured() && System.out.charset().newEncoder().canEncode(UPPER_HALF)
          ? BLOCKS
          : CHARACTERS;
    }

    /** What its signs mean. */
    public String legend() {
      return legend;
    }

    /** The escape sequence before a character. */
    abstract String style(double upper, double lower);

    abstract char glyph(double upper, double lower);

    private static double bounded(double value) {
      return Double.isNaN(value) ? 0 : Math.clamp(value, -1, 1);
    }

    private static int level(double value, int levels) {
      return (int) Math.round((bounded(value) + 1) / 2 * (levels - 1));
    }
  }

  /** The lines, each of {@code width} visible characters. An odd last row is drawn twice. */
  public List<String> lines(Ink ink) {
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < height; row += 2) {
      StringBuilder line = new StringBuilder();
      String last = "";
      for (int column = 0; column < width; column++) {
        double upper = values[row * width + column];
        double lower = values[Math.min(row + 1, height - 1) * width + column];
        String style = ink.style(upper, lower);
        line.append(style.equals(last) ? "" : style).append(ink.glyph(upper, lower));
        last = style;
      }
      lines.add(line.append(ink.end).toString());
    }
    return lines;
  }
}
