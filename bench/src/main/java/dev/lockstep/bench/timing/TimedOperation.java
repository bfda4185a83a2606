package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import java.util.Map;

/**
 * One element-wise operation, verified on the tensors that are timed. Every element of every set of
 * tensors must have the expected bits, because all backends compute these operations in canonical
 * arithmetic.
 *
 * <p>The timed operands are those of {@link ElementwiseKind#steady}. Verification first checks that
 * the timed calls left no infinite or subnormal numbers.
 */
public final class TimedOperation extends VerifiedWork {
  private final Timed.Tensors timed;
  private final SingleOp single;
  private final Map<Tensor, Matrix> steady;
  private final Map<Tensor, Matrix> varied;

  private TimedOperation(
      Backend backend, Timed.Tensors timed, Work.Operation work, Map<Tensor, Matrix> varied) {
    super(backend, timed);
    this.timed = timed;
    single = work.single();
    steady = work.operands();
    this.varied = varied;
  }

  /**
   * Draws and places the operands.
   *
   * @param rows B
   * @param columns N
   * @param cache whether calls share one set of tensors or take turns on several
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run this here
   * @throws dev.lockstep.input.InputException if the backend has no operations that can be timed
   *     alone
   */
  public static TimedOperation open(
      Backend backend,
      ElementwiseKind kind,
      int rows,
      int columns,
      Work.CacheState cache,
      Resources resources) {
    require(backend, Work.Operation.class);
    Work.Operation work =
        new Work.Operation(kind.op(rows, columns), kind.steady(rows, columns), cache);
    Timed.Tensors timed = backend.timed(work, resources);
    return new TimedOperation(backend, timed, work, kind.varied(rows, columns));
  }

  @Override
  public void reset() {
    timed.load(steady);
  }

  /**
   * Runs the operation once on every set, with other operands; call {@link #reset} before timing
   * again.
   */
  @Override
  public SampleTally verify() {
    // The first set has seen most calls. Results that no call has written yet are NaN or zero,
    // which do not count as drift.
    boolean drifted =
        single.results().stream().anyMatch(result -> hasDrifted(whole(timed, 0, result)));
    timed.load(varied);
    timed.run(timed.sets());
    SampleTally tally = SampleTally.ofEqual(0);
    Work.Operation once = new Work.Operation(single, varied, Work.CacheState.WARM);
    try (Timed.Tensors judge = judgeOf(backend).timed(once, new Resources(1))) {
      judge.run(1);
      for (Tensor result : single.results()) {
        FloatMatrix expected = whole(judge, 0, result);
        for (int set = 0; set < timed.sets(); set++) {
          tally.all(result + " of set " + (set + 1), expected, whole(timed, set, result));
        }
      }
    }
    return drifted
        ? tally.contradictedBy("the timed values have drifted to numbers that take another time")
        : tally;
  }

  private static FloatMatrix whole(Timed.Tensors of, int set, Tensor result) {
    return of.part(set, result, Region.of(result));
  }

  /**
   * Returns whether a matrix has infinite or subnormal elements, which may take processors longer.
   */
  private static boolean hasDrifted(FloatMatrix matrix) {
    for (float value : matrix.data()) {
      boolean subnormal = value != 0 && Math.abs(value) < Float.MIN_NORMAL;
      if (subnormal || Float.isInfinite(value)) {
        return true;
      }
    }
    return false;
  }
}
