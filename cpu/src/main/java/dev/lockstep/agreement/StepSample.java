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
 * Recomputes some elements of everything a kept step computed, operation by operation, each from
 * the backend's own operands: a reference for networks too wide to be trained a second time.
 *
 * <p>{@link SampledParts} says at which rows and units, the first and the last of each always among
 * them. Only what these depend on is copied, never a whole weight matrix. A result that cannot be
 * read, such as a product before its bias is added, is recomputed and handed on.
 *
 * <p>Canonical operations give one chain of fma an element, so that an exact backend owes every
 * bit. On a library the products, and what is made of them before they can be read, are held
 * against binary64 within the a-priori bound of {@link ErrorPropagation}, and everything else,
 * which is canonical there too, bit for bit. Where a library computes the whole step, every
 * operation is held against binary64 in that way.
 *
 * <p>One sample is for one step: made before it, it keeps what the update overwrites.
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

  /** A result that cannot be read, as far as it was recomputed. */
  private sealed interface Hidden {
    Part part();

    /** Known to the bit. */
    record Bits(Part part, Matrix matrix) implements Hidden {}

    /** Known within a bound. */
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
   * Chooses rows and units, and copies what the coming step overwrites.
   *
   * @param backend whose kind and rounding decide what is owed
   * @param canonical operations of an exact backend, another than the one looked at
   * @param tensors of the backend's trainer
   * @param step that is due, counted from 0
   * @param extent how many rows and units
   * @param seed of the choice
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
   * Recomputes the step, which must have been kept and be the last.
   *
   * @param loss that it had
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

  /** Once a loss was not finite, nothing changes any more. */
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

  /** Where in what was recomputed of a tensor the part that an operation needs lies. */
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
