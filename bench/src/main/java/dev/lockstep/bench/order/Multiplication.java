package dev.lockstep.bench.order;

import dev.lockstep.backend.Operations;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductForm;

/** Multiplies two matrices in one form and shape, the same way each time. */
@FunctionalInterface
public interface Multiplication {

  /** Returns C = op(A) op(B) in binary32; A and B are stored as the form says. */
  FloatMatrix product(FloatMatrix a, FloatMatrix b);

  /** The products of a backend that computes in binary32. */
  static Multiplication of(Operations operations, ProductForm form) {
    return (a, b) ->
        switch (operations.product(form, a, b)) {
          case FloatMatrix c -> c;
          case DrawnMatrix c -> c.copy();
          case DoubleMatrix c ->
              throw new IllegalArgumentException("a product of " + c.shape() + " in binary64");
        };
  }
}
