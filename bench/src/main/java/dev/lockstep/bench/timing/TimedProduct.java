package dev.lockstep.bench.timing;

import dev.lockstep.agreement.ProductSample;
import dev.lockstep.agreement.SampleExtent;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Work;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.util.Map;

/**
 * A product C = op(A) op(B) of matrices drawn uniformly from [-1, 1), verified by {@link
 * ProductSample}.
 */
public final class TimedProduct extends VerifiedWork {
  private static final long SEED = 20261124;

  private final Work.Product work;
  private final Timed.Tensors timed;
  private final Tensor c;

  private TimedProduct(Backend backend, Work.Product work, Timed.Tensors timed) {
    super(backend, timed);
    this.work = work;
    this.timed = timed;
    c = work.operation().single().results().getFirst();
  }

  /**
   * Draws and places the operands.
   *
   * @param m rows of C
   * @param n columns of C
   * @param k terms of an element
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run this here
   * @throws dev.lockstep.input.InputException if the backend has no products that can be timed
   *     alone
   */
  public static TimedProduct open(
      Backend backend, ProductForm form, int m, int n, int k, Resources resources) {
    require(backend, Work.Product.class);
    DrawnMatrix a = form == ProductForm.ATB ? drawn(0, k, m) : drawn(0, m, k);
    DrawnMatrix b = form == ProductForm.ABT ? drawn(1, n, k) : drawn(1, k, n);
    Work.Product work = new Work.Product(form, a, b);
    return new TimedProduct(backend, work, backend.timed(work, resources));
  }

  private static DrawnMatrix drawn(int operand, int rows, int columns) {
    return new DrawnMatrix(
        rows,
        columns,
        (i, j) -> 2 * Philox.uniform(SEED, Stream.OPERANDS, operand, (long) i * columns + j) - 1);
  }

  @Override
  public void reset() {
    timed.load(Map.of());
  }

  /** Recomputes a sample of the result of the last call. */
  @Override
  public SampleTally verify() {
    try (Operations canonical = judgeOf(backend).operations(new Resources(1))) {
      return ProductSample.of(
          backend,
          canonical,
          work.form(),
          work.a(),
          work.b(),
          (row, column) -> timed.part(0, c, new Region(row, 1, column, 1)).data()[0],
          SampleExtent.THOROUGH,
          SEED);
    }
  }
}
