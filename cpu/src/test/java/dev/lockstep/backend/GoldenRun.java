package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a backend makes of a scenario.
 *
 * @param parts as they are recorded; without {@link Part#OUTPUTS} and {@link Part#GRADIENTS} where
 *     the backend does not show what a step computes
 */
record GoldenRun(Map<Part, String> parts) {

  /**
   * What is recorded. Digests are SHA-256 of matrices, each as its rows, its columns and its
   * elements row by row, every number as 64 bits, the highest first: the rows and columns as
   * integers, binary32 bits with zeros before them.
   */
  enum Part {
    /** The first step whose loss is not finite, from 0; {@code -} if there is none. */
    STOPPED,
    /** Loss over the test rows after the steps, in hexadecimal. */
    TEST_LOSS,
    /** Accuracy over them, likewise. */
    TEST_ACCURACY,
    /** Digest of weight and bias of every layer, the first layer first. */
    PARAMETERS,
    /** Digest of the loss of every step, as the binary64 elements of a row. */
    LOSSES,
    /** Digest of what the optimizer keeps, each in the order of the parameters. */
    MOMENTS,
    /** Digest of the activations of every layer in one step more; the last are the logits. */
    OUTPUTS,
    /** Digest of the deltas of every layer in that step and of its gradients. */
    GRADIENTS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Runs a scenario. */
  static GoldenRun of(Backend backend, GoldenScenario scenario, int threads) {
    Workload workload = scenario.workload();
    Map<Part, String> parts = new EnumMap<>(Part.class);
    try (Trainer trainer = backend.open(workload, new Resources(threads))) {
      parts.put(Part.LOSSES, new Sha256().add(trainer.run(GoldenScenario.STEPS)).hex());
      OptionalLong stopped = trainer.stoppedAt();
      parts.put(Part.STOPPED, stopped.isPresent() ? Long.toString(stopped.getAsLong()) : "-");
      parts.put(Part.PARAMETERS, new Sha256().add(trainer.parameters()).hex());
      Sha256 moments = new Sha256();
      trainer.moments().forEach(moments::add);
      parts.put(Part.MOMENTS, moments.hex());
      Evaluation evaluation = trainer.evaluate(workload.data().test());
      parts.put(Part.TEST_LOSS, Double.toHexString(evaluation.loss()));
      parts.put(Part.TEST_ACCURACY, Double.toHexString(evaluation.accuracy()));
      if (trainer.inspection() != Trainer.Inspection.RESULTS_ONLY) {
        Probe probe = trainer.probe();
        Sha256 outputs = new Sha256();
        probe.activations().forEach(outputs::add);
        parts.put(Part.OUTPUTS, outputs.hex());
        Sha256 gradients = new Sha256();
        probe.deltas().forEach(gradients::add);
        parts.put(Part.GRADIENTS, gradients.add(probe.gradients()).hex());
      }
    }
    return new GoldenRun(parts);
  }

  /** A line for each part that differs from what is recorded; none if all are equal. */
  List<String> differences(GoldenRun recorded) {
    List<String> lines = new ArrayList<>();
    parts.forEach(
        (part, found) -> {
          String expected = recorded.parts.get(part);
          if (!found.equals(expected)) {
            lines.add(part + ": " + expected + " recorded, " + found + " found");
          }
        });
    return lines;
  }

  /** A digest of what is added to it. */
  static final class Sha256 {
    private final MessageDigest digest;

    Sha256() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java platform has SHA-256", e);
      }
    }

    Sha256 add(byte[] bytes) {
      digest.update(bytes);
      return this;
    }

    Sha256 add(double[] row) {
      ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (2 + row.length));
      bytes.putLong(1).putLong(row.length);
      for (double number : row) {
        bytes.putLong(Double.doubleToLongBits(number));
      }
      digest.update(bytes.flip());
      return this;
    }

    Sha256 add(Matrix matrix) {
      ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (2 + matrix.size()));
      bytes.putLong(matrix.rows()).putLong(matrix.columns());
      for (int i = 0; i < matrix.size(); i++) {
        bytes.putLong(matrix.bits(i));
      }
      digest.update(bytes.flip());
      return this;
    }

    Sha256 add(Parameters parameters) {
      parameters.entries().forEach(entry -> add(entry.matrix()));
      return this;
    }

    /** In hexadecimal; starts over. */
    String hex() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }
}
