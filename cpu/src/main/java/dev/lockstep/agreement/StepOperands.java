package dev.lockstep.agreement;

import dev.lockstep.agreement.SampledParts.Part;
import dev.lockstep.backend.TensorView;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Op;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operands from which the operations of a kept step are recomputed: what the workload gives,
 * what was copied before the step overwrote it, what can be read after the step, and what was
 * recomputed because it cannot be read. Of each tensor only the part that an operation needs is
 * copied.
 */
final class StepOperands {
  private final TensorView tensors;
  private final SampleExtent extent;
  private final Map<Tensor, Matrix> given;
  private final Set<Tensor> readable;
  private final SampledParts parts;
  private final Map<Op, Map<Tensor, Matrix>> before = new HashMap<>();
  private final Map<Tensor, Hidden> hidden = new HashMap<>();

  /** The errors of what is known are zeros, which nothing changes: one array for each size. */
  private final Map<Integer, double[]> zeros = new HashMap<>();

  /** The recomputed part of a result that cannot be read. */
  sealed interface Hidden {
    Part part();

    /** A part known bit for bit. */
    record Bits(Part part, Matrix matrix) implements Hidden {}

    /** A part known within bounds. */
    record Within(Part part, Bounded matrix) implements Hidden {}
  }

  /** A copy of a tensor of the state before the step, by the numbers of its rows and columns. */
  private record Copied(Tensor tensor, int rows, int columns) {}

  /**
   * Copies what the step will overwrite.
   *
   * @param step the next step, from 0
   */
  StepOperands(
      Workload workload, TensorView tensors, long step, SampleExtent extent, Random random) {
    this.tensors = tensors;
    this.extent = extent;
    StepProgram program = tensors.program();
    given = GivenTensors.of(workload, program, step);
    readable = new HashSet<>(tensors.inspection().tensors(program));
    StepProgram.tensors(program.ops()).stream()
        .filter(StepOperands::isState)
        .forEach(readable::add);
    parts =
        new SampledParts(
            program.ops(),
            tensor -> readable.contains(tensor) || given.containsKey(tensor),
            extent,
            random);
    Map<Copied, Matrix> copies = new HashMap<>();
    for (Op op : program.ops()) {
      Map<Tensor, Matrix> ofOp = new HashMap<>();
      for (Tensor tensor : op.reads()) {
        if (isState(tensor)) {
          Part part = part(op, tensor);
          Copied key = new Copied(tensor, part.rows().length, part.columns().length);
          ofOp.put(tensor, copies.computeIfAbsent(key, _ -> read(op, tensor)));
        }
      }
      before.put(op, ofOp);
    }
  }

  private static boolean isState(Tensor tensor) {
    return tensor.lifetime() == Lifetime.STATE && tensor.element() == Element.REAL;
  }

  /** Returns whether a result can be read after the step. */
  boolean isReadable(Tensor result) {
    return readable.contains(result);
  }

  /** Returns the part of an operand or a result that is recomputed. */
  Part part(Op op, Tensor tensor) {
    return parts.of(op, tensor);
  }

  /** Reads that part after the step. */
  Matrix read(Op op, Tensor tensor) {
    return extent == SampleExtent.ALL
        ? tensors.whole(tensor)
        : part(op, tensor).of(tensors, tensor);
  }

  /** Passes on a result that cannot be read. */
  void hide(Tensor tensor, Hidden recomputed) {
    hidden.put(tensor, recomputed);
  }

  /** Returns what was recomputed of a tensor that cannot be read; null if it was not. */
  @Nullable Hidden hidden(Tensor tensor) {
    return hidden.get(tensor);
  }

  /**
   * Returns an operand as the operation reads it.
   *
   * @throws IllegalStateException if it is known only within bounds
   */
  Matrix operand(Op op, Tensor tensor) {
    return switch (hidden.get(tensor)) {
      case Hidden.Bits bits -> picked(bits.matrix(), within(bits, op, tensor));
      case Hidden.Within _ -> throw new IllegalStateException(tensor + " is not known to the bit");
      case null -> {
        Matrix state = before.getOrDefault(op, Map.of()).get(tensor);
        Matrix whole = given.get(tensor);
        yield state != null
            ? state
            : whole != null ? picked(whole, part(op, tensor)) : read(op, tensor);
      }
    };
  }

  /** Returns an operand with its errors, which are 0 if its bits are known. */
  Bounded bounded(Op op, Tensor tensor) {
    return hidden.get(tensor) instanceof Hidden.Within known
        ? known.matrix().picked(within(known, op, tensor))
        : exactly(operand(op, tensor));
  }

  /** Returns a matrix without errors. */
  Bounded exactly(Matrix known) {
    return Bounded.exact(known, zeros.computeIfAbsent(known.size(), double[]::new));
  }

  /** Returns the position of the part that an operation needs within the recomputed part. */
  private Part within(Hidden known, Op op, Tensor tensor) {
    Part needed = part(op, tensor);
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
}
