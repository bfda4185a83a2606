package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.SampledParts.Part;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.program.Op;
import dev.lockstep.program.Op.Product;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SampledPartsTest {

  private static final int BATCH = 33;
  private static final int INPUTS = 70;
  private static final int UNITS = 40;
  private static final int CLASSES = 20;

  private final StepProgram program =
      StepProgram.training(
          new Network(INPUTS, List.of(UNITS), Activation.TANH, CLASSES),
          Loss.CROSS_ENTROPY,
          Dense.sgd(List.of(0.1f, 0.1f), List.of(0.1f, 0.1f)),
          UnitNoise.none(),
          BATCH);

  private SampledParts parts(Predicate<Tensor> readable) {
    return new SampledParts(program.ops(), readable, SampleExtent.GLANCE, new Random(1));
  }

  private Op maker(Tensor tensor) {
    return program.ops().stream()
        .filter(op -> op.writes().contains(tensor))
        .findFirst()
        .orElseThrow();
  }

  private static int[] all(int size) {
    return IntStream.range(0, size).toArray();
  }

  @Test
  void aProductNeedsWholeRowsAndColumnsOfItsOperands() {
    SampledParts parts = parts(tensor -> true);
    Tensor gradient = List.copyOf(program.gradients().values()).get(2);
    Product product = (Product) maker(gradient);
    Part result = parts.of(product, gradient);
    assertThat(result.rows()).hasSizeBetween(2, 5).startsWith(0).endsWith(UNITS - 1);
    assertThat(result.columns()).hasSizeBetween(2, 5).startsWith(0).endsWith(CLASSES - 1);
    assertThat(parts.of(product, product.a()).rows()).isEqualTo(all(BATCH));
    assertThat(parts.of(product, product.a()).columns()).isEqualTo(result.rows());
    assertThat(parts.of(product, product.b()).rows()).isEqualTo(all(BATCH));
    assertThat(parts.of(product, product.b()).columns()).isEqualTo(result.columns());
  }

  /** The softmax couples classes, and the mean counts rows. */
  @Test
  void aLossNeedsAllOutputs() {
    Op loss = maker(program.rowLoss());
    Part outputs = parts(tensor -> true).of(loss, program.outputs());
    assertThat(outputs.rows()).isEqualTo(all(BATCH));
    assertThat(outputs.columns()).isEqualTo(all(CLASSES));
  }

  /** If outputs could not be read, every one of them would have to be recomputed. */
  @Test
  void whatCannotBeReadIsRecomputedAsFarAsItIsNeeded() {
    Tensor outputs = program.outputs();
    Op activation = maker(outputs);
    assertThat(parts(tensor -> true).of(activation, outputs).rows()).hasSize(4);
    SampledParts parts = parts(tensor -> tensor.lifetime() == Tensor.Lifetime.STATE);
    assertThat(parts.of(activation, outputs).rows()).isEqualTo(all(BATCH));
    assertThat(parts.of(activation, outputs).columns()).isEqualTo(all(CLASSES));
    Product product = (Product) maker(((Op.BiasActivation) activation).product());
    assertThat(parts.of(product, product.a()).rows()).isEqualTo(all(BATCH));
  }
}
