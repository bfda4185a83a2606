package dev.lockstep.gpu.training;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.data.Examples;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Storage.InPlace;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Lifetime;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Evaluates parameters on any number of rows. It allocates its own memory and frees it at once.
 * Rows are processed in pieces; the size of a piece does not affect the output of an exact backend.
 */
final class Evaluator {
  /** Limit on the activations of a piece, in bytes. */
  private static final long MOST_BYTES = 1L << 28;

  private final DeviceSession session;
  private final Products by;
  private final Workload workload;
  private final TensorMemory parameters;

  Evaluator(DeviceSession session, Products by, Workload workload, TensorMemory parameters) {
    this.session = session;
    this.by = by;
    this.workload = workload;
    this.parameters = parameters;
  }

  /** Returns the evaluation of the largest piece of {@code rows} rows, as it runs on the device. */
  static Lowered piece(Products by, Workload workload, int rows) {
    return lowered(by, workload, program(workload, pieceOf(by, workload, rows)));
  }

  /** Returns the number of rows in a piece. */
  private static int pieceOf(Products by, Workload workload, int rows) {
    long bytesPerRow =
        lowered(by, workload, program(workload, 1)).storage().bytes(Lifetime.STEP, Float.BYTES);
    return Math.clamp(MOST_BYTES / bytesPerRow, 1, Math.max(1, rows));
  }

  private static StepProgram program(Workload workload, int rows) {
    return StepProgram.evaluation(workload.network(), workload.loss(), workload.optimizer(), rows);
  }

  private static Lowered lowered(Products by, Workload workload, StepProgram program) {
    return Lowered.of(
        program,
        Set.of(program.outputs(), program.rowLoss()),
        new LaunchRules(by, workload.optimizer()),
        InPlace.ALL);
  }

  /** Returns mean loss and accuracy on the examples. */
  Evaluation evaluate(Examples examples) {
    int rows = examples.rows();
    Evaluation.Sum sum = new Evaluation.Sum();
    int piece = pieceOf(by, workload, rows);
    for (int from = 0; from < rows; from += piece) {
      int count = Math.min(piece, rows - from);
      try (Closing owned = new Closing()) {
        addPiece(examples, from, count, owned, sum);
      }
    }
    return sum.evaluation();
  }

  private void addPiece(Examples examples, int from, int rows, Closing owned, Evaluation.Sum sum) {
    int inputs = workload.network().inputs();
    StepProgram program = program(workload, rows);
    Lowered list = lowered(by, workload, program);
    TensorMemory tensors = owned.own(new TensorMemory(session));
    for (Tensor value : program.values().values()) {
      tensors.place(value, parameters.of(value));
    }
    DeviceProducts products = owned.own(session.products(list.products(), 0));
    List<Work> works = Planner.plan(list, session.kernels, products, null, tensors);
    session.staging.upload(
        Arrays.copyOfRange(examples.features(), from * inputs, (from + rows) * inputs),
        tensors.of(program.x()));
    int[] labels = Arrays.copyOfRange(examples.labels(), from, from + rows);
    session.staging.upload(labels, tensors.of(program.labels()));
    works.forEach(work -> work.into(session.stream));
    sum.add(
        tensors.download(program.outputs()),
        session.staging.download(tensors.of(program.rowLoss()), 1, rows),
        labels);
  }
}
