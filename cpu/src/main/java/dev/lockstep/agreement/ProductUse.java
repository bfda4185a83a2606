package dev.lockstep.agreement;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Op;

/** Takes the products of a judged step of which all elements and both operands are known. */
@FunctionalInterface
public interface ProductUse {

  /** Leaves them alone. */
  ProductUse NONE = (_, _, _, _, _, _) -> {};

  /**
   * Takes a product.
   *
   * @param step the step, from 1
   * @param a A as it is stored
   * @param b B as it is stored
   * @param c the backend's result, before a bias is added
   * @param checked how it agrees with binary64
   */
  void product(long step, Op.Product op, Matrix a, Matrix b, Matrix c, ProductCheck.Result checked);
}
