package dev.lockstep.agreement;

import dev.lockstep.agreement.SampledParts.Part;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.TensorView;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Recomputes some elements of every result of a kept step, operation by operation, each from the
 * backend's own operands. It is the reference for networks that are too wide to be trained a second
 * time.
 *
 * <p>{@link SampledParts} chooses the rows and units, always including the first and the last ones.
 * Only the operands of these elements are copied, never a whole weight matrix. A result that cannot
 * be read, such as a product before its bias is added, is recomputed and passed on.
 *
 * <p>Canonical operations compute each element as one chain of fma, so an exact backend must
 * reproduce every bit. If a library computes the products, the products and the results derived
 * from them before they can be read are compared with binary64 within the a-priori bound of {@link
 * ErrorPropagation}; all other results are canonical and compared bit for bit. If a library
 * computes the whole step, every result is compared with binary64 within its bound.
 *
 * <p>A sample covers one step. It is created before the step, to copy the values that the update
 * overwrites.
 */
public final class StepSample {
  private final Kind kind;
  private final TensorView tensors;
  private final List<Op> ops;
  private final Map<Tensor, Matrix> given;
  private final Set<Tensor> readable;
  private final SampledParts parts;
  private final Map<Op, Map<Tensor, Matrix>> before = new HashMap<>();
  private final Operations canonical;
  private final Updates updates;
  private final long step;
  private final ErrorPropagation exact;
  private final Map<Tensor, Hidden> hidden = new HashMap<>();
  private final SampleTally tally;

  /** The recomputed part of a result that cannot be read. */
  private sealed interface Hidden {
    Part part();

    /** A part known bit for bit. */
    record Bits(Part part, Matrix matrix) implements Hidden {}

    /** A part known within bounds. */
    record Within(Part part, Bounded matrix) implements Hidden {}
  }

  private StepSample(
      Workload workload,
      Backend backend,
      Operations canonical,
      TensorView tensors,
      long step,
      SampleExtent extent,
      long seed) {
    this.tensors = tensors;
    kind = backend.kind();
    StepProgram program = tensors.program();
    ops = program.ops();
    given = GivenTensors.of(workload, program, step);
    readable = new HashSet<>(program.probed());
    StepProgram.tensors(ops).stream().filter(StepSample::isState).forEach(readable::add);
    parts =
        new SampledParts(
            ops,
            tensor -> readable.contains(tensor) || given.containsKey(tensor),
            extent,
            new Random(seed));
    updates = new Updates(workload.optimizer());
    this.canonical = canonical;
    this.step = step;
    exact = new ErrorPropagation(ops, updates, step, ElementBound.of(backend));
    tally = new SampleTally(step + 1);
    for (Op op : ops) {
      Map<Tensor, Matrix> copies = new HashMap<>();
      op.reads().stream().filter(StepSample::isState).forEach(t -> copies.put(t, read(op, t)));
      before.put(op, copies);
    }
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
    return new StepSample(workload, backend, canonical, tensors, step, extent, seed);
  }

  private static boolean isState(Tensor tensor) {
    return tensor.lifetime() == Lifetime.STATE && tensor.element() == Element.REAL;
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
        case Op.Stop(Tensor rowLoss, _) -> mean(rowLoss, loss);
        case Op idle when idle.stops() && tensors.stoppedAt().isPresent() -> unchanged(idle);
        default -> recompute(op);
      }
    }
    return tally;
  }

  private void recompute(Op op) {
    if (isOwedToTheBit(op)) {
      List<Matrix> results = canonical.results(op, updates, step, tensor -> operand(op, tensor));
      for (int i = 0; i < results.size(); i++) {
        owed(op, op.writes().get(i), results.get(i));
      }
    } else {
      List<Bounded> results = exact.results(op, tensor -> bounded(op, tensor));
      for (int i = 0; i < results.size(); i++) {
        Tensor tensor = op.writes().get(i);
        if (readable.contains(tensor)) {
          tally.within(read(op, tensor), results.get(i));
        } else {
          hidden.put(tensor, new Hidden.Within(parts.of(op, tensor), results.get(i)));
        }
      }
    }
  }

  private boolean isOwedToTheBit(Op op) {
    return switch (kind) {
      case EXACT -> true;
      case LIBRARY ->
          !(op instanceof Op.Product)
              && op.reads().stream().noneMatch(t -> hidden.get(t) instanceof Hidden.Within);
      case LIBRARY_STEP, ORACLE -> false;
    };
  }

  private void owed(Op op, Tensor tensor, Matrix expected) {
    Part part = parts.of(op, tensor);
    if (readable.contains(tensor)) {
      tally.bits(tensor.name(), part.rows(), part.columns(), expected, read(op, tensor));
    } else {
      hidden.put(tensor, new Hidden.Bits(part, expected));
    }
  }

  /** Checks that an operation left its results unchanged, because a loss was not finite. */
  private void unchanged(Op op) {
    op.writes().forEach(tensor -> owed(op, tensor, operand(op, tensor)));
  }

  private void mean(Tensor rowLoss, double loss) {
    switch (hidden.get(rowLoss)) {
      case Hidden.Bits(_, Matrix losses) -> {
        double sum = 0;
        for (int i = 0; i < losses.size(); i++) {
          sum += losses.value(i);
        }
        int[] only = {0};
        tally.bits("loss", only, only, scalar(sum / losses.size()), scalar(loss));
      }
      case Hidden.Within(_, Bounded losses) -> tally.within(scalar(loss), exact.mean(losses));
      case null -> throw new IllegalStateException(rowLoss + " were not recomputed");
    }
  }

  private static Matrix scalar(double value) {
    return new DoubleMatrix(1, 1, new double[] {value});
  }

  private Matrix operand(Op op, Tensor tensor) {
    return switch (hidden.get(tensor)) {
      case Hidden.Bits bits -> picked(bits.matrix(), within(bits, op, tensor));
      case Hidden.Within _ -> throw new IllegalStateException(tensor + " is not known to the bit");
      case null -> {
        Matrix state = before.getOrDefault(op, Map.of()).get(tensor);
        Matrix whole = given.get(tensor);
        yield state != null
            ? state
            : whole != null ? picked(whole, parts.of(op, tensor)) : read(op, tensor);
      }
    };
  }

  private Bounded bounded(Op op, Tensor tensor) {
    return hidden.get(tensor) instanceof Hidden.Within known
        ? known.matrix().picked(within(known, op, tensor))
        : Bounded.exact(operand(op, tensor));
  }

  /** Returns the position of the part that an operation needs within the recomputed part. */
  private Part within(Hidden known, Op op, Tensor tensor) {
    Part needed = parts.of(op, tensor);
    return new Part(
        positions(known.part().rows(), needed.rows()),
        positions(known.part().columns(), needed.columns()));
  }

  private static int[] positions(int[] known, int[] needed) {
    return Arrays.stream(needed).map(i -> Arrays.binarySearch(known, i)).toArray();
  }

  private static FloatMatrix picked(Matrix matrix, Part part) {
    FloatMatrix picked = new FloatMatrix(part.rows().length, part.columns().length);
    for (int i = 0; i < picked.size(); i++) {
      picked.data()[i] = (float) matrix.value(part.index(i, matrix.columns()));
    }
    return picked;
  }

  private FloatMatrix read(Op op, Tensor tensor) {
    return parts.of(op, tensor).of(tensors, tensor);
  }
}
