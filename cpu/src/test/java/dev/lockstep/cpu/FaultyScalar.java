package dev.lockstep.cpu;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.DelegatingTrainer;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * {@code scalar} with one fault in a kernel or in its trainer: what the tiers of a check are tried
 * on.
 *
 * @param kind what it passes itself off as
 */
public record FaultyScalar(String name, Kind kind, Fault fault) implements Backend {

  /** What it does otherwise. */
  public enum Fault {
    NONE,
    // Products
    PRODUCT_DESCENDS,
    PRODUCT_WITHOUT_FMA,
    FIRST_ROW_IN_TWO_ACCUMULATORS,
    FIRST_ELEMENTS_WITH_A_TERM_OF_ZERO,
    FIRST_ROW_SKIPS_ZEROS,
    SECOND_PANEL_STARTS_ANEW,
    /** Every element of A B off by a millionth; likewise of the other forms. */
    AB_OFF_BY_A_MILLIONTH,
    ABT_OFF_BY_A_MILLIONTH,
    ATB_OFF_BY_A_MILLIONTH,
    /** One element of A B off by 2e-4 of the median magnitude; likewise of the other forms. */
    AB_WITH_ONE_ELEMENT_OFF,
    ABT_WITH_ONE_ELEMENT_OFF,
    ATB_WITH_ONE_ELEMENT_OFF,
    /** One element of A B off by a bit, in steps and not in single products; likewise of others. */
    AB_OFF_BY_A_BIT_IN_STEPS,
    ABT_OFF_BY_A_BIT_IN_STEPS,
    ATB_OFF_BY_A_BIT_IN_STEPS,
    /** Adds the other way round in steps, and not in single products. */
    PRODUCT_DESCENDS_IN_STEPS,
    /** Adds the other way round if the first operand has many bits. */
    PRODUCT_DESCENDS_FROM_MANY_BITS,
    // Activations and their derivatives
    GELU_ENDS_AFTER_512,
    GELU_LOSES_A_BIT,
    TANH_WITHOUT_ITS_LOW_PART,
    TANH_LOSES_A_BIT_NEAR_ONE,
    DERIVATIVE_FLUSHES_SUBNORMALS,
    LEAKY_SLOPE_OF_ONE_AT_ZERO,
    TANH_SLOPE_NOT_SQUARED,
    // Losses and sums
    ROW_LOSS_WITHOUT_LOG,
    ROW_LOSS_NOT_HALVED,
    LAST_ROW_LOSSES_SWAPPED,
    SOFTMAX_WITHOUT_MAXIMUM,
    LAST_COLUMN_NOT_SUMMED,
    // Updates
    NESTEROV_VELOCITY_WITHOUT_DECAY,
    ADAM_OF_MAGNITUDES,
    // What a trainer returns
    MOMENTS_OF_ZERO,
    NEVER_STOPS,
    LEARNS_AFTER_THE_STOP,
    GRADIENTS_OF_THE_STEP_BEFORE,
    EVALUATES_WITHOUT_OUTPUT_BIAS,
    EVALUATES_LAST_OF_LARGEST,
    EVALUATES_A_ROW_TOO_MANY,
    EVALUATES_LABEL_OF_NEXT_ROW
  }

  /** An exact backend with a fault. */
  public FaultyScalar(Fault fault) {
    this("faulty", Kind.EXACT, fault);
  }

  @Override
  public Availability availability(Resources resources) {
    return new Availability.Available("wherever scalar is");
  }

  @Override
  public int elementBytes() {
    return Float.BYTES;
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    Trainer trainer = new HostTrainer<>(new FaultyKernels(fault), workload);
    return switch (fault) {
      case MOMENTS_OF_ZERO,
          NEVER_STOPS,
          LEARNS_AFTER_THE_STOP,
          EVALUATES_WITHOUT_OUTPUT_BIAS,
          EVALUATES_LAST_OF_LARGEST,
          EVALUATES_A_ROW_TOO_MANY,
          EVALUATES_LABEL_OF_NEXT_ROW ->
          new FaultyTrainer(trainer, fault);
      case GRADIENTS_OF_THE_STEP_BEFORE -> new LateProbe(trainer);
      default -> trainer;
    };
  }

  @Override
  public Operations operations(Resources resources) {
    return new HostOperations<>(
        new FaultyKernels(fault.name().endsWith("_IN_STEPS") ? Fault.NONE : fault));
  }

  /** Shows the gradients of the probe before; of the first, its own. */
  private static final class LateProbe implements DelegatingTrainer {
    private final Trainer sound;
    private final Map<Tensor, Matrix> late = new HashMap<>();

    LateProbe(Trainer sound) {
      this.sound = sound;
    }

    @Override
    public Trainer sound() {
      return sound;
    }

    @Override
    public Probe probe() {
      Probe now = sound.probe();
      Map<Tensor, Matrix> shown = new HashMap<>(now.tensors());
      shown.putAll(late);
      now.program().gradients().values().forEach(tensor -> late.put(tensor, now.of(tensor)));
      return new Probe(now.loss(), now.program(), shown);
    }
  }

  private record FaultyTrainer(Trainer sound, Fault fault) implements DelegatingTrainer {

    @Override
    public List<Parameters> moments() {
      List<Parameters> moments = sound.moments();
      return fault == Fault.MOMENTS_OF_ZERO
          ? moments.stream().map(Parameters::zeros).toList()
          : moments;
    }

    @Override
    public OptionalLong stoppedAt() {
      return fault == Fault.NEVER_STOPS ? OptionalLong.empty() : sound.stoppedAt();
    }

    @Override
    public Parameters parameters() {
      Parameters parameters = sound.parameters();
      if (fault == Fault.LEARNS_AFTER_THE_STOP && sound.stoppedAt().isPresent()) {
        ((FloatMatrix) parameters.weights(0)).data()[0] = sound.step();
      }
      return parameters;
    }

    @Override
    public Evaluation evaluate(Examples examples) {
      return switch (fault) {
        case EVALUATES_WITHOUT_OUTPUT_BIAS -> withoutBias(examples);
        case EVALUATES_LAST_OF_LARGEST ->
            new Evaluation(
                sound.evaluate(examples).loss(),
                // The rows have classes 1 and 2 equal.
                sound.evaluate(labelled(examples, i -> swapped(examples.labels()[i]))).accuracy());
        case EVALUATES_A_ROW_TOO_MANY -> {
          Evaluation right = sound.evaluate(examples);
          double share = examples.rows() / (examples.rows() + 1.0);
          yield new Evaluation(right.loss(), right.accuracy() * share);
        }
        case EVALUATES_LABEL_OF_NEXT_ROW ->
            new Evaluation(
                sound.evaluate(examples).loss(),
                sound
                    .evaluate(labelled(examples, i -> examples.labels()[(i + 1) % examples.rows()]))
                    .accuracy());
        default -> sound.evaluate(examples);
      };
    }

    private static int swapped(int label) {
      return label == 1 ? 2 : label == 2 ? 1 : label;
    }

    private static Examples labelled(Examples examples, IntUnaryOperator label) {
      int[] labels = IntStream.range(0, examples.rows()).map(label).toArray();
      return new Examples(examples.features(), labels, examples.inputs());
    }

    private Evaluation withoutBias(Examples examples) {
      Parameters right = sound.parameters();
      Parameters wrong = right.copy();
      FloatMatrix bias = (FloatMatrix) wrong.bias(wrong.layers() - 1);
      Arrays.fill(bias.data(), 0);
      List<Parameters> moments = sound.moments();
      long step = sound.step();
      sound.restore(wrong, moments, step);
      Evaluation evaluation = sound.evaluate(examples);
      sound.restore(right, moments, step);
      return evaluation;
    }
  }
}
