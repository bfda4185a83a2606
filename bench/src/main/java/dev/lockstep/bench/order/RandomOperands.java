package dev.lockstep.bench.order;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductShape;
import java.util.SplittableRandom;

/** Operands whose sums round differently in different orders. */
final class RandomOperands {

  private RandomOperands() {}

  /** Uniform numbers from -1 to 1 for one side of a product. */
  static FloatMatrix of(Side side, ProductShape shape, long seed) {
    FloatMatrix operands = OperandPanel.of(side, shape).matrix();
    SplittableRandom random = new SplittableRandom(side == Side.ROWS ? seed : ~seed);
    for (int i = 0; i < operands.size(); i++) {
      operands.data()[i] = (float) (2 * random.nextDouble() - 1);
    }
    return operands;
  }
}
