package dev.lockstep.agreement;

import dev.lockstep.agreement.SampledParts.Part;
import dev.lockstep.agreement.StepOperands.Hidden;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes some or all elements of every result of a kept step, operation by operation, each from
 * the backend's own operands. Errors of earlier operations therefore do not widen the bound of a
 * later one, and a network that is too wide to be trained a second time has a reference.
 *
 * <p>{@link SampledParts} chooses the rows and units, always including the first and the last ones.
 * Only the operands of these elements are copied; a whole weight matrix only if all are chosen. A
 * result that cannot be read, such as a weighted input, is recomputed and passed on.
 *
 * <p>Canonical operations compute each element as one chain of fma, so an exact backend must
 * reproduce every bit. If a library computes the products, the products and the results derived
 * from them before they can be read are compared with binary64 within the a-priori bound of {@link
 * ErrorPropagation}; all other results are canonical and compared bit for bit. If a library
 * computes the whole step, every result is compared with binary64 within its bound. If all elements
 * of a product are known, {@link ProductCheck} judges it by statistics too.
 *
 * <p>A view may show tensors that were computed again ({@link Inspection#COMPUTED_AGAIN}). Then the
 * loss and the updates, which used others, are not recomputed.
 *
 * <p>A sample covers one step. It is created before the step, to copy the values that the update
 * overwrites.
 */
public final class StepSample {
  private static final long ANY_SEED = 0;

  /** The elements of an update that are compared at a time. */
  private static final int PIECE = 1 << 16;

  /** More products than a check judges by statistics; they share its rate of false alarms. */
  private static final int PRODUCTS_IN_ALL = 1 << 14;

  private final Kind owes;
  private final SampleExtent extent;
  private final ElementBound element;
  private final TensorView tensors;
  private final List<Op> ops;
  private final StepOperands operands;
  private final Operations canonical;
  private final Updates updates;
  private final long step;
  private final ErrorPropagation exact;
  private final SampleTally tally;
  private final @Nullable Operations oracle;
  private final SampleTally ofOracle;
  private final ProductUse products;

  private StepSample(
      Workload workload,
      Backend backend,
      Kind owes,
      Operations canonical,
      @Nullable Operations oracle,
      TensorView tensors,
      long step,
      SampleExtent extent,
      long seed,
      ProductUse products) {
    this.tensors = tensors;
    this.owes = owes;
    this.extent = extent;
    ops = tensors.program().ops();
    operands = new StepOperands(workload, tensors, step, extent, new Random(seed));
    updates = new Updates(workload.optimizer());
    this.canonical = canonical;
    this.step = step;
    element = ElementBound.of(backend);
    exact = new ErrorPropagation(ops, updates, step, element);
    tally = new SampleTally(step + 1, element.rounding().scale());
    this.oracle = oracle;
    ofOracle = new SampleTally(step + 1, OperandRounding.BINARY64.scale());
    this.products = products;
  }

  /**
   * Chooses rows and units, and copies the values that the next step overwrites.
   *
   * @param backend the judged backend; its kind and rounding decide how results are compared
   * @param canonical operations of an exact backend other than the judged one
   * @param tensors the tensors of the judged backend's trainer
   * @param step the next step, from 0
   * @param extent how many rows and units to choose
   * @param seed the seed of the choice
   */
  public static StepSample before(
      Workload workload,
      Backend backend,
      Operations canonical,
      TensorView tensors,
      long step,
      SampleExtent extent,
      long seed) {
    return new StepSample(
        workload,
        backend,
        backend.kind(),
        canonical,
        null,
        tensors,
        step,
        extent,
        seed,
        ProductUse.NONE);
  }

  /**
   * Copies the values that the next step overwrites, to recompute every element of every result.
   *
   * @param canonical operations of an exact backend other than the judged one
   * @param products also takes the products that statistics judge
   */
  public static StepSample whole(
      Workload workload,
      Backend backend,
      Operations canonical,
      TensorView tensors,
      long step,
      ProductUse products) {
    return new StepSample(
        workload,
        backend,
        backend.kind(),
        canonical,
        null,
        tensors,
        step,
        SampleExtent.ALL,
        step,
        products);
  }

  /**
   * Copies the values that the next step overwrites, to compare every element of every result with
   * binary64 within its bound, even if the backend owes its bits. The values in binary64 are
   * themselves compared with those of an oracle; see {@link #ofOracle}.
   *
   * @param oracle operations in binary64
   */
  public static StepSample withOracle(
      Workload workload, Backend backend, Operations oracle, TensorView tensors, long step) {
    SampleExtent all = SampleExtent.ALL;
    Kind owes = Kind.LIBRARY_STEP;
    return new StepSample(
        workload, backend, owes, oracle, oracle, tensors, step, all, ANY_SEED, ProductUse.NONE);
  }

  /**
   * Recomputes the step, which must be the last one and must have been kept.
   *
   * @param loss the loss of the step
   */
  public SampleTally after(double loss) {
    for (Op op : ops) {
      switch (op) {
        case Op.Gather _ -> {}
        case Op apart when isApart(apart) -> {}
        case Op.Stop(Tensor rowLoss, _) -> mean(rowLoss, loss);
        case Op idle when idle.stops() && tensors.stoppedAt().isPresent() -> unchanged(idle);
        default -> recompute(op);
      }
    }
    return tally;
  }

  /**
   * Returns whether an operation took its operands from another computation than the one that is
   * shown.
   */
  private boolean isApart(Op op) {
    return tensors.inspection() == Inspection.COMPUTED_AGAIN
        && (op instanceof Op.Stop || op.stops());
  }

  private void recompute(Op op) {
    if (isOwedToTheBit(op)) {
      List<Matrix> results =
          canonical.results(op, updates, step, tensor -> operands.operand(op, tensor));
      for (int i = 0; i < results.size(); i++) {
        owed(op, op.writes().get(i), results.get(i));
      }
    } else if (op instanceof Op.Update update) {
      inPieces(update);
    } else if (op instanceof Op.Product product && isChecked(product)) {
      tally.add(product.c().name(), checked(product));
    } else {
      List<Bounded> results = exact.results(op, tensor -> operands.bounded(op, tensor));
      compareWithOracle(op, results);
      for (int i = 0; i < results.size(); i++) {
        Tensor tensor = op.writes().get(i);
        if (operands.isReadable(tensor)) {
          Part part = operands.part(op, tensor);
          tally.within(
              tensor.name(),
              part.rows(),
              part.columns(),
              operands.read(op, tensor),
              0,
              results.get(i));
        } else {
          operands.hide(tensor, new Hidden.Within(operands.part(op, tensor), results.get(i)));
        }
      }
    }
  }

  /**
   * Returns whether statistics judge a product too: if it and its operands are known as a whole.
   */
  private boolean isChecked(Op.Product product) {
    return extent == SampleExtent.ALL
        && oracle == null
        && element.rounding() != OperandRounding.BINARY64
        && operands.isReadable(product.c())
        && product.reads().stream().noneMatch(t -> operands.hidden(t) instanceof Hidden.Within);
  }

  private ProductCheck.Result checked(Op.Product product) {
    Matrix a = operands.operand(product, product.a());
    Matrix b = operands.operand(product, product.b());
    Matrix c = operands.read(product, product.c());
    ProductCheck.Result checked =
        ProductCheck.of(product.form(), a, b, c, element, PRODUCTS_IN_ALL, step);
    products.product(step + 1, product, a, b, c, checked);
    return checked;
  }

  /**
   * Compares the results of an update, whose elements do not depend on each other, some rows at a
   * time. The values and bounds of a wide layer's parameter and moments together would take more
   * memory than a step.
   */
  private void inPieces(Op.Update update) {
    Part part = operands.part(update, update.writes().getFirst());
    int columns = part.columns().length;
    int rows = Math.max(1, PIECE / columns);
    for (int from = 0; from < part.rows().length; from += rows) {
      int[] some = Arrays.copyOfRange(part.rows(), from, Math.min(from + rows, part.rows().length));
      int first = from * columns;
      int count = some.length * columns;
      Map<Tensor, Bounded> pieces = new HashMap<>();
      for (Tensor tensor : update.reads()) {
        if (tensor.element() == Element.REAL) {
          Matrix whole = operands.operand(update, tensor);
          pieces.put(tensor, operands.exactly(piece(whole, first, count, columns)));
        }
      }
      List<Bounded> results = exact.results(update, pieces::get);
      for (int i = 0; i < results.size(); i++) {
        Tensor tensor = update.writes().get(i);
        tally.within(
            tensor.name(),
            some,
            part.columns(),
            operands.read(update, tensor),
            first,
            results.get(i));
      }
      if (oracle != null) {
        List<Matrix> own =
            oracle.results(
                update,
                updates,
                step,
                tensor -> Objects.requireNonNull(pieces.get(tensor)).withoutErrors());
        for (int i = 0; i < own.size(); i++) {
          String name = update.writes().get(i).name();
          ofOracle.within(name, some, part.columns(), own.get(i), 0, results.get(i));
        }
      }
    }
  }

  private static Matrix piece(Matrix whole, int first, int count, int columns) {
    DoubleMatrix piece = new DoubleMatrix(count / columns, columns);
    for (int i = 0; i < count; i++) {
      piece.data()[i] = whole.value(first + i);
    }
    return piece;
  }

  private void compareWithOracle(Op op, List<Bounded> results) {
    if (oracle == null) {
      return;
    }
    List<Matrix> own =
        oracle.results(
            op,
            updates,
            step,
            tensor ->
                operands.hidden(tensor) != null
                    ? operands.bounded(op, tensor).withoutErrors()
                    : operands.operand(op, tensor));
    for (int i = 0; i < own.size(); i++) {
      Tensor tensor = op.writes().get(i);
      Part part = operands.part(op, tensor);
      ofOracle.within(tensor.name(), part.rows(), part.columns(), own.get(i), 0, results.get(i));
    }
  }

  /**
   * Returns how the results of the oracle, from the same operands, agree with the values that the
   * backend's were compared with, within the bounds of binary64. If they do not agree, one of the
   * two is wrong and says nothing about the backend.
   */
  public SampleTally ofOracle() {
    return ofOracle;
  }

  private boolean isOwedToTheBit(Op op) {
    return switch (owes) {
      case EXACT -> true;
      case LIBRARY ->
          !(op instanceof Op.Product)
              && op.reads().stream().noneMatch(t -> operands.hidden(t) instanceof Hidden.Within);
      case LIBRARY_STEP, ORACLE -> false;
    };
  }

  private void owed(Op op, Tensor tensor, Matrix expected) {
    Part part = operands.part(op, tensor);
    if (operands.isReadable(tensor)) {
      tally.bits(tensor.name(), part.rows(), part.columns(), expected, operands.read(op, tensor));
    } else {
      operands.hide(tensor, new Hidden.Bits(part, expected));
    }
  }

  /** Checks that an operation left its results unchanged, because a loss was not finite. */
  private void unchanged(Op op) {
    op.writes().forEach(tensor -> owed(op, tensor, operands.operand(op, tensor)));
  }

  private void mean(Tensor rowLoss, double loss) {
    switch (operands.hidden(rowLoss)) {
      case Hidden.Bits(_, Matrix losses) -> {
        double sum = 0;
        for (int i = 0; i < losses.size(); i++) {
          sum += losses.value(i);
        }
        int[] only = {0};
        tally.bits("loss", only, only, scalar(sum / losses.size()), scalar(loss));
      }
      case Hidden.Within(_, Bounded losses) -> {
        int[] only = {0};
        tally.within("loss", only, only, scalar(loss), 0, exact.mean(losses));
      }
      case null -> throw new IllegalStateException(rowLoss + " were not recomputed");
    }
  }

  private static Matrix scalar(double value) {
    return new DoubleMatrix(1, 1, new double[] {value});
  }
}
