package dev.lockstep.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of every list: what it reads has been written, and what it writes is read. */
final class StepProgramTest {
  private static final int BATCH = 33;

  private static Network network(Activation activation) {
    return new Network(64, List.of(129, 7), activation, 10);
  }

  private static Network normalized(Activation activation) {
    return new Network(64, List.of(129, 7), Normalization.BATCH, activation, 10);
  }

  private static Optimizer optimizer(Network network, String rule) {
    return new Learning(
            new LearningRate.Uniform(0.1), Rule.parse("test", rule), new Schedule.Constant(), 0)
        .optimizer(network);
  }

  private static StepProgram training(Activation activation, String rule, double noise) {
    return training(network(activation), rule, noise);
  }

  private static StepProgram training(Network network, String rule, double noise) {
    return StepProgram.training(
        network, Loss.CROSS_ENTROPY, optimizer(network, rule), new UnitNoise(noise, 1), BATCH);
  }

  @ParameterizedTest
  @EnumSource
  void readsNothingThatIsNotThere(Activation activation) {
    for (String rule : List.of("sgd", "momentum:0.9", "adam")) {
      for (double noise : new double[] {0, 1}) {
        for (Network network : List.of(network(activation), normalized(activation))) {
          Set<Tensor> written = new HashSet<>();
          for (Op op : training(network, rule, noise).ops()) {
            assertThat(op.reads())
                .as("%s, %s: operands of the %s", network, rule, op.label())
                .allMatch(t -> t.lifetime() != Lifetime.STEP || written.contains(t));
            written.addAll(op.writes());
          }
        }
      }
    }
  }

  @Test
  void namesItsTensorsOnce() {
    Set<Tensor> ofNormalized =
        StepProgram.tensors(training(normalized(Activation.GELU), "adam", 1).ops());
    assertThat(ofNormalized.stream().map(Tensor::name)).doesNotHaveDuplicates();
    Set<Tensor> tensors = StepProgram.tensors(training(Activation.GELU, "adam", 1).ops());
    assertThat(tensors.stream().map(Tensor::name)).doesNotHaveDuplicates();
    assertThat(tensors.stream().map(Tensor::name))
        .contains(
            "X",
            "labels",
            "noise of layer 1",
            "activations of layer 2",
            "delta of layer 3",
            "gradient of W1",
            "moment 2 of b3");
  }

  /** No gradient is kept from an old parameter after a new one is there, or the other way round. */
  @Test
  void updatesAParameterAfterItsLastReader() {
    List<Op> ops = training(normalized(Activation.TANH), "sgd", 0).ops();
    for (int i = 0; i < ops.size(); i++) {
      if (ops.get(i) instanceof Op.Update update) {
        assertThat(ops.subList(i + 1, ops.size()))
            .as("operations after the update of %s", update.parameter())
            .noneMatch(op -> op.reads().contains(update.parameter()));
      }
    }
  }

  /** m n k of each product: layers 64-129, 129-7 and 7-10, three products but two for the first. */
  @Test
  void multipliesForwardsAndBackwards() {
    long products =
        training(Activation.TANH, "sgd", 0).ops().stream()
            .filter(Op.Product.class::isInstance)
            .map(op -> ((Op.Product) op).shape())
            .mapToLong(shape -> shape.sizeOfC() * shape.k())
            .sum();
    assertThat(products).isEqualTo((long) BATCH * (2 * 64 * 129 + 3 * 129 * 7 + 3 * 7 * 10));
  }

  @Test
  void evaluatesWithoutNoiseOrUpdates() {
    Network network = normalized(Activation.GELU);
    StepProgram program =
        StepProgram.evaluation(network, Loss.SQUARED_ERROR, optimizer(network, "adam"), 250);
    assertThat(program.ops())
        .noneMatch(op -> op instanceof Op.ShiftBias || op instanceof Op.Update)
        .noneMatch(op -> op.writes().stream().anyMatch(t -> t.lifetime() == Lifetime.STATE));
    assertThat(program.outputs().count()).isEqualTo(250 * 10);
  }
}
