package dev.lockstep.bench.order;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductShape;
import java.util.Optional;

/**
 * Two rows or two columns of a product that are added in different orders, so that equal operands
 * give them different bits.
 *
 * @param first the order of an element of the first, in words
 * @param second the order of the element beside it in the second
 * @param confirmed whether a product shows it, in which all rows, or all columns, have equal random
 *     operands: then the two have different bits, and each has those of its replay
 */
public record TwoTrees(String first, String second, boolean confirmed) {

  private static final long SEED = 17;

  /** Few elements have other bits in another order, and a product of one row has one element. */
  private static final int MOST_TRIES = 32;

  /** What a product of equal operands shows. */
  private enum Shown {
    NOTHING,
    APART,
    OTHER_BITS_THAN_REPLAYED
  }

  /** The lanes of a product that are compared. */
  public enum Lanes {
    ROWS(Side.ROWS),
    COLUMNS(Side.COLUMNS);

    private final Side side;

    Lanes(Side side) {
      this.side = side;
    }
  }

  /**
   * Compares two lanes of a product.
   *
   * @param multiplication computes the product that confirms it
   * @return empty if their elements have the same trees
   * @throws dev.lockstep.backend.BackendFault if the backend fails
   */
  public static Optional<TwoTrees> of(
      RevealedProduct product, Multiplication multiplication, Lanes lanes, int first, int second) {
    int across = lanes.side.other().lanes(product.shape());
    for (int each = 0; each < across; each++) {
      if (!tree(product, lanes, first, each).equals(tree(product, lanes, second, each))) {
        return Optional.of(
            new TwoTrees(
                TreeWords.of(tree(product, lanes, first, each)),
                TreeWords.of(tree(product, lanes, second, each)),
                !product.hasFusedSums()
                    && isConfirmed(product, multiplication, lanes, first, second)));
      }
    }
    return Optional.empty();
  }

  private static AdditionTree tree(RevealedProduct product, Lanes lanes, int lane, int across) {
    return lanes == Lanes.ROWS ? product.tree(lane, across) : product.tree(across, lane);
  }

  private static boolean isConfirmed(
      RevealedProduct product, Multiplication multiplication, Lanes lanes, int first, int second) {
    for (int i = 0; i < MOST_TRIES; i++) {
      Shown shown = shown(product, multiplication, lanes, first, second, SEED + i);
      if (shown != Shown.NOTHING) {
        return shown == Shown.APART;
      }
    }
    return false;
  }

  private static Shown shown(
      RevealedProduct product,
      Multiplication multiplication,
      Lanes lanes,
      int first,
      int second,
      long seed) {
    ProductShape shape = product.shape();
    FloatMatrix a = operands(Side.ROWS, shape, lanes, seed);
    FloatMatrix b = operands(Side.COLUMNS, shape, lanes, seed);
    FloatMatrix c = multiplication.product(a, b);
    OperandPanel ofA = OperandPanel.of(Side.ROWS, shape, a);
    OperandPanel ofB = OperandPanel.of(Side.COLUMNS, shape, b);
    Shown shown = Shown.NOTHING;
    for (int across = 0; across < lanes.side.other().lanes(shape); across++) {
      float[] values = new float[2];
      for (int each = 0; each < values.length; each++) {
        int lane = each == 0 ? first : second;
        int row = lanes == Lanes.ROWS ? lane : across;
        int column = lanes == Lanes.ROWS ? across : lane;
        values[each] = c.data()[row * shape.n() + column];
        float replayed =
            new Replay(product.tree(row, column))
                .element(
                    product.formatOfA().round(ofA.lane(row)),
                    product.formatOfB().round(ofB.lane(column)));
        if (Float.floatToIntBits(replayed) != Float.floatToIntBits(values[each])) {
          return Shown.OTHER_BITS_THAN_REPLAYED;
        }
      }
      shown = values[0] == values[1] ? shown : Shown.APART;
    }
    return shown;
  }

  /** Random operands of one side, equal in all lanes of the side that is compared. */
  private static FloatMatrix operands(Side side, ProductShape shape, Lanes lanes, long seed) {
    FloatMatrix random = RandomOperands.of(side, shape, seed);
    if (side == lanes.side) {
      OperandPanel panel = OperandPanel.of(side, shape, random);
      float[] first = panel.lane(0);
      for (int lane = 1; lane < side.lanes(shape); lane++) {
        for (int term = 0; term < first.length; term++) {
          panel.set(lane, term, first[term]);
        }
      }
    }
    return random;
  }
}
