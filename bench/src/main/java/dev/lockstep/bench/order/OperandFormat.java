package dev.lockstep.bench.order;

import dev.lockstep.input.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a product rounds an operand before it multiplies.
 *
 * @param fractionBits the bits that are kept after the leading one: 23 of binary32, 10 of TF32, 7
 *     of bfloat16
 * @param mode how the others are dropped
 */
public record OperandFormat(int fractionBits, Mode mode) {

  private static final int ALL = 23;

  /** Operands that are not rounded. */
  public static final OperandFormat BINARY32 = new OperandFormat(ALL, Mode.EXACT);

  /** How the bits of an operand are dropped. */
  public enum Mode {
    /** None is dropped. */
    EXACT("not rounded"),
    /** Towards zero. */
    TRUNCATED("truncated"),
    /** To nearest, ties to even. */
    NEAREST_EVEN("to nearest, ties to even"),
    /** To nearest, ties away from zero. */
    NEAREST_AWAY("to nearest, ties away from zero");

    private final String words;

    Mode(String words) {
      this.words = words;
    }
  }

  /**
   * Checks what a file holds.
   *
   * @throws InputException if no operand is rounded so
   */
  void require(String source) {
    if (fractionBits < 1 || fractionBits > ALL) {
      throw new InputException(source, "fraction-bits", fractionBits, "expected 1 to " + ALL);
    }
  }

  /** Rounds an operand. */
  public float round(float operand) {
    if (mode == Mode.EXACT || !Float.isFinite(operand)) {
      return operand;
    }
    int dropped = ALL - fractionBits;
    int half = 1 << (dropped - 1);
    int bits = Float.floatToRawIntBits(operand);
    int up =
        switch (mode) {
          case EXACT, TRUNCATED -> 0;
          case NEAREST_EVEN -> half - 1 + (bits >> dropped & 1);
          case NEAREST_AWAY -> half;
        };
    return Float.intBitsToFloat(bits + up & -1 << dropped);
  }

  /** Rounds operands. */
  float[] round(float[] operands) {
    float[] rounded = new float[operands.length];
    for (int t = 0; t < rounded.length; t++) {
      rounded[t] = round(operands[t]);
    }
    return rounded;
  }

  /** {@code TF32, to nearest, ties away from zero}. */
  @Override
  public String toString() {
    String name =
        switch (fractionBits) {
          case ALL -> "binary32";
          case 10 -> "TF32";
          case 7 -> "bfloat16";
          default -> fractionBits + " fraction bits";
        };
    return name + ", " + mode.words;
  }

  /**
   * Finds the format of an operand by products with ones.
   *
   * @throws UnrevealedException if it is none of these, or not the same in all elements
   */
  static OperandFormat of(Prober prober, Side side) {
    float least = 1 + 0x1p-23f;
    if (rounded(prober, side, List.of(least))[0] == least) {
      return BINARY32;
    }
    List<Float> probed = new ArrayList<>();
    for (int bits = 1; bits < ALL; bits++) {
      probed.add(1 + (float) Math.scalb(1.0, -bits));
    }
    float[] kept = rounded(prober, side, probed);
    int bits = 0;
    while (bits < kept.length && kept[bits] == probed.get(bits)) {
      bits++;
    }
    float last = (float) Math.scalb(1.0, -bits);
    List<Float> deciding = List.of(1 + last / 2, 1 + 1.5f * last, 1 + last / 2 + 0x1p-23f);
    float[] decided = rounded(prober, side, deciding);
    for (Mode mode : List.of(Mode.TRUNCATED, Mode.NEAREST_EVEN, Mode.NEAREST_AWAY)) {
      OperandFormat format = new OperandFormat(bits, mode);
      boolean matches = bits > 0;
      for (int i = 0; i < decided.length; i++) {
        matches &= format.round(deciding.get(i)) == decided[i];
      }
      if (matches) {
        return format;
      }
    }
    throw new UnrevealedException(
        Unrevealed.Reason.NO_BINARY32_SUM,
        String.format(
            Locale.ROOT,
            "%s times 1 is %s: neither binary32 nor an operand of fewer bits gives that",
            Float.toHexString(deciding.getFirst()),
            Float.toHexString(decided[0])));
  }

  private static float[] rounded(Prober prober, Side side, List<Float> values) {
    float[] rounded = new float[values.size()];
    int lanes = side.lanes(prober.shape());
    for (int from = 0; from < values.size(); from += lanes) {
      List<@Nullable Probe> probes = new ArrayList<>();
      for (int lane = 0; lane < lanes; lane++) {
        probes.add(new Probe.Operand(values.get(Math.min(from + lane, values.size() - 1))));
      }
      float[] c = prober.product(side, probes).data();
      int n = prober.shape().n();
      for (int lane = 0; lane < lanes; lane++) {
        int at = Math.min(from + lane, values.size() - 1);
        rounded[at] = c[side == Side.ROWS ? lane * n : lane];
        requireUniform(prober, side, lane, c, values.get(at));
      }
    }
    return rounded;
  }

  private static void requireUniform(Prober prober, Side side, int lane, float[] c, float value) {
    int n = prober.shape().n();
    boolean rows = side == Side.ROWS;
    int first = rows ? lane * n : lane;
    for (int other = 0; other < side.other().lanes(prober.shape()); other++) {
      int at = rows ? lane * n + other : other * n + lane;
      if (Float.floatToIntBits(c[at]) != Float.floatToIntBits(c[first])) {
        throw new UnrevealedException(
            Unrevealed.Reason.NO_BINARY32_SUM,
            String.format(
                Locale.ROOT,
                "%s times 1 is %s in element (%d, %d) and %s in element (%d, %d)",
                Float.toHexString(value),
                Float.toHexString(c[first]),
                first / n,
                first % n,
                Float.toHexString(c[at]),
                at / n,
                at % n));
      }
    }
  }
}
