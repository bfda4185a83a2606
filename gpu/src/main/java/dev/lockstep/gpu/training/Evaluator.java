package dev.lockstep.gpu.training;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.data.Examples;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Evaluates parameters on rows that are not the batch's, with memory of its own that is given back
 * at once. Many rows go through in pieces, which no output of an exact backend depends on.
 */
final class Evaluator {
  /** What the activations of a piece may take. */
  private static final long MOST_BYTES = 1L << 28;

  private final DeviceSession session;
  private final Network network;
  private final Loss loss;
  private final ParameterMemory parameters;

  Evaluator(DeviceSession session, Network network, Loss loss, ParameterMemory parameters) {
    this.session = session;
    this.network = network;
    this.loss = loss;
    this.parameters = parameters;
  }

  /** Rows of a piece. */
  static int pieceOf(Network network, int rows) {
    long bytesPerRow =
        Float.BYTES * (network.inputs() + network.activationCount() + network.keptInputCount());
    return Math.clamp(MOST_BYTES / bytesPerRow, 1, Math.max(1, rows));
  }

  Evaluation evaluate(Examples examples) {
    int rows = examples.rows();
    Evaluation.Sum sum = new Evaluation.Sum();
    int piece = pieceOf(network, rows);
    for (int from = 0; from < rows; from += piece) {
      int count = Math.min(piece, rows - from);
      try (Closing owned = new Closing()) {
        addPiece(examples, from, count, owned, sum);
      }
    }
    return sum.evaluation();
  }

  private void addPiece(Examples examples, int from, int rows, Closing owned, Evaluation.Sum sum) {
    int inputs = network.inputs();
    int classes = network.outputs();
    LayerShapes shapes = new LayerShapes(network, rows);
    DeviceMemory x = owned.own(session.allocate("features to evaluate", (long) rows * inputs));
    DeviceMemory y = owned.own(session.allocate("labels to evaluate", rows));
    DeviceMemory losses = owned.own(session.allocate("losses to evaluate", rows));
    DeviceMemory delta = owned.own(session.allocate("deltas to evaluate", (long) rows * classes));
    LayerMemory activations = owned.own(LayerMemory.ofActivations(session, network, rows));
    LayerMemory kept = owned.own(LayerMemory.ofKept(session, network, rows, activations));
    LayerProducts products = owned.own(session.products(shapes.ofForward()));
    session.staging.upload(
        Arrays.copyOfRange(examples.features(), from * inputs, (from + rows) * inputs), x);
    int[] labels = Arrays.copyOfRange(examples.labels(), from, from + rows);
    session.staging.upload(labels, y);
    List<Work> works = new ArrayList<>();
    StepPlan.forward(
        network, shapes, products, x, parameters, parameters::biases, kept, activations, works);
    works.add(
        session.kernels.loss(loss, activations.last(), y, losses, delta, rows, classes, 1, null));
    works.forEach(work -> work.into(session.stream));
    sum.add(
        session.staging.download(activations.last(), rows, classes),
        session.staging.download(losses, 1, rows),
        labels);
  }
}
