package dev.lockstep.bench.order;

import java.util.List;
import java.util.OptionalInt;

/** Operands of one inner product whose result tells something about the order of its additions. */
sealed interface Probe {

  /** Large enough to absorb any count of ones, and small enough for no product to overflow. */
  float MASK = 0x1p100f;

  /** Every element of the lane across, the same in all probes of a kind. */
  float across();

  /** Writes the operands of a lane. */
  void write(OperandPanel panel, int lane);

  /**
   * Reads what the result tells.
   *
   * @param terms k
   * @return empty if no sum of these terms in binary32, in any order, has this result
   */
  OptionalInt read(float result, int terms);

  /** The operands in words, for messages. */
  String words();

  private static OptionalInt whole(float result, int least, int most) {
    return result >= least && result <= most && result == (int) result
        ? OptionalInt.of((int) result)
        : OptionalInt.empty();
  }

  /**
   * All terms are 1 but two, which cancel and absorb all that is added to either of them before.
   * Tells the number of leaves below the lowest node that holds both (FPRev: Xie et al., "Revealing
   * the order of floating-point summation in software and hardware", USENIX ATC 2025).
   */
  record Mask(int plus, int minus) implements Probe {
    @Override
    public float across() {
      return 1;
    }

    @Override
    public void write(OperandPanel panel, int lane) {
      panel.fillLane(lane, 1);
      panel.set(lane, plus, MASK);
      panel.set(lane, minus, -MASK);
    }

    @Override
    public OptionalInt read(float result, int terms) {
      OptionalInt outside = whole(result, 0, terms - 2);
      return outside.isPresent() ? OptionalInt.of(terms - outside.getAsInt()) : outside;
    }

    @Override
    public String words() {
      return "ones, but 2^100 at term " + plus + " and -2^100 at term " + minus;
    }
  }

  /**
   * A {@link Mask} among terms of 1 and -1, as a hash of their number has it: an order that depends
   * on signs shows itself. Tells the sum of the terms outside of the node.
   */
  record SignedMask(int plus, int minus) implements Probe {

    /** 1 or -1. */
    static int sign(int term) {
      return Integer.bitCount(term * 0x9e3779b9) % 2 == 0 ? 1 : -1;
    }

    @Override
    public float across() {
      return 1;
    }

    @Override
    public void write(OperandPanel panel, int lane) {
      panel.fillLane(lane, Probe.SignedMask::sign);
      panel.set(lane, plus, MASK);
      panel.set(lane, minus, -MASK);
    }

    @Override
    public OptionalInt read(float result, int terms) {
      return whole(result, -terms, terms);
    }

    @Override
    public String words() {
      return "ones and minus ones, but 2^100 at term " + plus + " and -2^100 at term " + minus;
    }
  }

  /**
   * All terms are 0 but pairs of an inexact product 3 x 5592407, which binary32 rounds from
   * 16777221 to 16777220, and a partner of -16777215 that is added before. Each pair leaves 6 if
   * its product enters the addition unrounded, 5 if it is rounded, and 0 if operands are rounded to
   * fewer bits.
   */
  record Inexact(List<Pair> pairs) implements Probe {
    static final int FUSED = 6;
    static final int ROUNDED = 5;

    /** More would leave more than binary32 counts. */
    static final int MOST = 1 << 20;

    private static final float OPERAND = 5592407;
    private static final float PARTNER = -5592405;

    /** A term, and one that enters the sum that the term is added to. */
    record Pair(int term, int partner) {}

    public Inexact {
      pairs = List.copyOf(pairs);
    }

    @Override
    public float across() {
      return 3;
    }

    @Override
    public void write(OperandPanel panel, int lane) {
      panel.fillLane(lane, 0);
      for (Pair pair : pairs) {
        panel.set(lane, pair.term(), OPERAND);
        panel.set(lane, pair.partner(), PARTNER);
      }
    }

    @Override
    public OptionalInt read(float result, int terms) {
      return whole(result, 0, FUSED * pairs.size());
    }

    @Override
    public String words() {
      Pair first = pairs.getFirst();
      return "zeros, but 3 x 5592407 at term "
          + first.term()
          + " and 3 x -5592405 at term "
          + first.partner()
          + (pairs.size() == 1 ? "" : ", and " + (pairs.size() - 1) + " more such pairs");
    }
  }

  /** All products are -0. Tells whether the sum is -0 (1) or, from +0, is +0 (0). */
  record NegativeZeros() implements Probe {
    @Override
    public float across() {
      return 0;
    }

    @Override
    public void write(OperandPanel panel, int lane) {
      panel.fillLane(lane, -1);
    }

    @Override
    public OptionalInt read(float result, int terms) {
      return result == 0
          ? OptionalInt.of(Float.floatToRawIntBits(result) == 0 ? 0 : 1)
          : OptionalInt.empty();
    }

    @Override
    public String words() {
      return "products that are all -0";
    }
  }

  /** Only the first term is not 0. Tells the bits of the operand times 1. */
  record Operand(float value) implements Probe {
    @Override
    public float across() {
      return 1;
    }

    @Override
    public void write(OperandPanel panel, int lane) {
      panel.fillLane(lane, 0);
      panel.set(lane, 0, value);
    }

    @Override
    public OptionalInt read(float result, int terms) {
      return OptionalInt.of(Float.floatToIntBits(result));
    }

    @Override
    public String words() {
      return "zeros, but " + Float.toHexString(value) + " at term 0";
    }
  }
}
