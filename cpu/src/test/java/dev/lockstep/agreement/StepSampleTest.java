package dev.lockstep.agreement;

import static dev.lockstep.backend.OperandRounding.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ResidentTensors.Tensor;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** A sample holds for a right step, and no tensor of it can be wrong in a place that is sampled. */
final class StepSampleTest {

  private static final long SEED = 5;

  /** Activation, batch and the widths of two hidden layers. */
  private static final List<Arguments> STEPS =
      List.of(
          arguments(Activation.TANH, 33, 129, 7),
          arguments(Activation.RELU, 7, 33, 250),
          arguments(Activation.TANH, 1, 7, 1),
          arguments(Activation.IDENTITY, 33, 1, 33),
          arguments(Activation.LEAKY_RELU, 7, 129, 33),
          arguments(Activation.SIGMOID, 33, 7, 129),
          arguments(Activation.GELU, 33, 33, 129));

  private static final Resources ONE = new Resources(1);
  private static final Backend SCALAR = Backends.named("test", "scalar");
  private static final Backend VECTOR = Backends.named("test", "vector");

  /** A library that is only asked what it owes. */
  private record Library(Kind kind, OperandRounding operandRounding, Subnormals subnormals)
      implements DelegatingBackend {
    Library(Kind kind, OperandRounding operandRounding) {
      this(kind, operandRounding, Subnormals.KEPT);
    }

    @Override
    public String name() {
      return "library";
    }

    @Override
    public Backend sound() {
      return SCALAR;
    }
  }

  private static Workload workload(Activation activation, int batch, Integer... hidden) {
    return noisy(activation, 0, batch, hidden);
  }

  private static Workload noisy(Activation activation, double noise, int batch, Integer... hidden) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(hidden),
            activation,
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            Loss.CROSS_ENTROPY,
            noise,
            Learning.sgd(new LearningRate.Uniform(0.1)),
            batch,
            2,
            SEED)
        .prepare(Digits.load());
  }

  @ParameterizedTest
  @FieldSource("STEPS")
  void aRightStepAgreesToTheBit(Activation activation, int batch, int first, int second) {
    agreesToTheBit(workload(activation, batch, first, second));
  }

  @ParameterizedTest
  @EnumSource(names = {"TANH", "GELU"})
  void aRightStepWithNoiseAgreesToTheBit(Activation activation) {
    Workload workload = noisy(activation, 0.5, 33, 33, 129);
    agreesToTheBit(workload);
    SampleTally tally = ofWholeStep(workload, tensors -> {});
    assertThat(tally.verdict()).as("%s, seed %d", tally, SEED).isEqualTo(Verdict.AGREES);
  }

  private static void agreesToTheBit(Workload workload) {
    int batch = workload.batch();
    try (Trainer trainer = VECTOR.open(workload, ONE);
        Operations canonical = SCALAR.operations(ONE)) {
      HostTensors tensors = new HostTensors(trainer);
      for (int step = 0; step < 2; step++) {
        StepSample sample =
            StepSample.before(
                workload, VECTOR, canonical, tensors, step, SampleExtent.GLANCE, SEED + step);
        tensors.keep();
        SampleTally tally = sample.after();
        assertThat(tally.difference()).as("seed %d", SEED).isEmpty();
        assertThat(tally.verdict()).isEqualTo(Verdict.AGREES);
        assertThat(tally.equal()).isGreaterThan(batch * 10L + 3 * 10);
        assertThat(tally.bounded()).isZero();
      }
    }
  }

  /** The last element of every tensor is always sampled. */
  @ParameterizedTest
  @EnumSource
  void oneUlpInAnyTensorIsSeen(Tensor tensor) {
    Workload workload = workload(Activation.TANH, 33, 33, 129);
    for (int layer = 0; layer < 3; layer++) {
      try (Trainer trainer = VECTOR.open(workload, ONE);
          Operations canonical = SCALAR.operations(ONE)) {
        HostTensors tensors = new HostTensors(trainer);
        StepSample sample =
            StepSample.before(workload, VECTOR, canonical, tensors, 0, SampleExtent.GLANCE, SEED);
        tensors.keep();
        tensors.disturb(tensor, layer);
        SampleTally tally = sample.after();
        assertThat(tally.verdict())
            .as("%s of layer %d, seed %d", tensor, layer, SEED)
            .isEqualTo(Verdict.DIFFERS);
        assertThat(tally.toString()).startsWith("step 1, ").contains("expected");
      }
    }
  }

  /** Where a library computes the whole step, each operation may err by its bound. */
  @ParameterizedTest
  @FieldSource("STEPS")
  void aRightStepOfALibraryIsWithinItsBounds(
      Activation activation, int batch, int first, int second) {
    Workload workload = workload(activation, batch, first, second);
    SampleTally tally = ofWholeStep(workload, tensors -> {});
    assertThat(tally.verdict()).as("%s, seed %d", tally, SEED).isEqualTo(Verdict.AGREES);
    assertThat(tally.equal()).isZero();
    assertThat(tally.bounded()).isGreaterThan(batch * 10L + 3 * 10);
    assertThat(tally.share()).isBetween(1e-6, 1.0);
  }

  /** In whatever tensor, a hundredth is more than any rounding explains. */
  @ParameterizedTest
  @EnumSource
  void oneWrongElementOfALibrarysStepIsSeen(Tensor tensor) {
    Workload workload = workload(Activation.TANH, 33, 33, 129);
    for (int layer = 0; layer < 3; layer++) {
      int disturbed = layer;
      assertThat(ofWholeStep(workload, t -> t.disturb(tensor, disturbed, x -> x + 0.01f)).verdict())
          .as("%s of layer %d, seed %d", tensor, layer, SEED)
          .isEqualTo(Verdict.DIFFERS);
    }
  }

  private static SampleTally ofWholeStep(Workload workload, Consumer<HostTensors> disturbance) {
    try (Trainer trainer = VECTOR.open(workload, ONE);
        Operations canonical = SCALAR.operations(ONE)) {
      HostTensors tensors = new HostTensors(trainer);
      StepSample sample =
          StepSample.before(
              workload,
              new Library(Kind.LIBRARY_STEP, NONE),
              canonical,
              tensors,
              0,
              SampleExtent.GLANCE,
              SEED);
      tensors.keep();
      disturbance.accept(tensors);
      return sample.after();
    }
  }

  /** A library rounds operands, and stays within what that costs and no other rounding explains. */
  @ParameterizedTest
  @EnumSource(names = {"TF32", "BFLOAT16"})
  void aLibraryIsHeldToItsOwnRounding(OperandRounding rounding) {
    Random random = new Random(SEED);
    for (ProductForm form : ProductForm.values()) {
      FloatMatrix a = draw(33, 33, random);
      FloatMatrix b = draw(33, 33, random);
      FloatMatrix coarse = coarse(form, a, b, rounding);
      assertThat(tally(form, a, b, coarse, rounding).verdict()).isEqualTo(Verdict.AGREES);
      assertThat(tally(form, a, b, coarse, rounding).share()).isBetween(1e-4, 1.0);
      assertThat(tally(form, a, b, coarse, NONE).verdict())
          .as("%s %s, seed %d", form, rounding, SEED)
          .isEqualTo(Verdict.DIFFERS);
    }
  }

  /**
   * Products near 2^-134 that a library takes for zero, and operands of 2^-130 against large ones.
   */
  @ParameterizedTest
  @EnumSource
  void flushedSubnormalsMustBeClaimed(ProductForm form) {
    Random random = new Random(SEED);
    for (float[] scales : new float[][] {{0x1p-67f, 0x1p-67f}, {0x1p-130f, 0x1p20f}}) {
      FloatMatrix a = scaled(draw(33, 33, random), scales[0]);
      FloatMatrix b = scaled(draw(33, 33, random), scales[1]);
      FloatMatrix zero = new FloatMatrix(33, 33);
      assertThat(
              tally(form, a, b, zero, new Library(Kind.LIBRARY, NONE, Subnormals.FLUSHED))
                  .verdict())
          .isEqualTo(Verdict.AGREES);
      assertThat(tally(form, a, b, zero, NONE).verdict())
          .as("%s, seed %d", form, SEED)
          .isEqualTo(Verdict.DIFFERS);
    }
  }

  private static FloatMatrix scaled(FloatMatrix matrix, float scale) {
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] *= scale;
    }
    return matrix;
  }

  private static SampleTally tally(
      ProductForm form, FloatMatrix a, FloatMatrix b, FloatMatrix c, OperandRounding rounding) {
    return tally(form, a, b, c, new Library(Kind.LIBRARY, rounding));
  }

  private static SampleTally tally(
      ProductForm form, FloatMatrix a, FloatMatrix b, FloatMatrix c, Library library) {
    try (Operations canonical = SCALAR.operations(ONE)) {
      return ProductSample.of(
          library,
          canonical,
          form,
          a,
          b,
          (i, j) -> c.data()[i * 33 + j],
          SampleExtent.GLANCE,
          SEED);
    }
  }

  private static FloatMatrix coarse(
      ProductForm form, FloatMatrix a, FloatMatrix b, OperandRounding rounding) {
    try (Operations operations = SCALAR.operations(ONE)) {
      return (FloatMatrix) operations.product(form, rounded(a, rounding), rounded(b, rounding));
    }
  }

  private static FloatMatrix rounded(FloatMatrix matrix, OperandRounding rounding) {
    int mask = rounding == OperandRounding.TF32 ? ~0x1fff : ~0xffff;
    FloatMatrix result = matrix.copy();
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] = Float.intBitsToFloat(Float.floatToIntBits(result.data()[i]) & mask);
    }
    return result;
  }

  private static FloatMatrix draw(int rows, int columns, Random random) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = random.nextFloat() - 0.5f;
    }
    return matrix;
  }

  @Test
  void oneWrongElementOfAnExactProduct() {
    Random random = new Random(SEED);
    FloatMatrix a = draw(33, 33, random);
    FloatMatrix b = draw(33, 33, random);
    try (Operations canonical = SCALAR.operations(ONE)) {
      FloatMatrix c = (FloatMatrix) canonical.product(ProductForm.ABT, a, b);
      ProductSample.Element right = (i, j) -> c.data()[i * 33 + j];
      ProductSample.Element wrong =
          (i, j) -> i == 32 && j == 32 ? Math.nextDown(right.at(i, j)) : right.at(i, j);
      assertThat(
              ProductSample.of(
                      VECTOR, canonical, ProductForm.ABT, a, b, right, SampleExtent.GLANCE, SEED)
                  .verdict())
          .isEqualTo(Verdict.AGREES);
      assertThat(
              ProductSample.of(
                      VECTOR, canonical, ProductForm.ABT, a, b, wrong, SampleExtent.GLANCE, SEED)
                  .toString())
          .startsWith("C[32][32]: ");
    }
  }
}
