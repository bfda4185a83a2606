package dev.lockstep.agreement;

import static dev.lockstep.backend.OperandRounding.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Digits;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

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

  private static final List<Rule> RULES =
      List.of(
          new Rule.Sgd(),
          new Rule.Momentum(0.9f),
          new Rule.Nesterov(0.9f),
          new Rule.Adam(0.9f, 0.999f, 1e-8f));

  private static Workload workload(Activation activation, int batch, Integer... hidden) {
    return workload(
        activation,
        Loss.CROSS_ENTROPY,
        0,
        Learning.sgd(new LearningRate.Uniform(0.1)),
        batch,
        hidden);
  }

  /** With noise, decay and a schedule. */
  private static Workload workload(Activation activation, Loss loss, Rule rule) {
    Learning learning =
        new Learning(new LearningRate.Uniform(0.01), rule, new Schedule.Cosine(5), 0.01);
    return workload(activation, loss, 0.5, learning, 33, 33, 17);
  }

  private static Workload workload(
      Activation activation,
      Loss loss,
      double noise,
      Learning learning,
      int batch,
      Integer... hidden) {
    return workload(Normalization.NONE, activation, loss, noise, learning, batch, hidden);
  }

  private static Workload workload(
      Normalization normalization,
      Activation activation,
      Loss loss,
      double noise,
      Learning learning,
      int batch,
      Integer... hidden) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(hidden),
            normalization,
            activation,
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            loss,
            noise,
            learning,
            batch,
            2,
            SEED)
        .prepare(Digits.load());
  }

  /** Every activation with every loss and rule. */
  private static Stream<Arguments> everyKindOfStep() {
    List<Arguments> steps = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      Learning plain = Learning.sgd(new LearningRate.Uniform(0.1));
      steps.add(
          arguments(
              named(
                  activation.label() + " normalized",
                  workload(
                      Normalization.BATCH,
                      activation,
                      Loss.CROSS_ENTROPY,
                      0.5,
                      plain,
                      33,
                      33,
                      17))));
      for (Loss loss : Loss.values()) {
        for (Rule rule : RULES) {
          String name = String.join(" ", activation.label(), loss.label(), rule.toString());
          steps.add(arguments(named(name, workload(activation, loss, rule))));
        }
      }
    }
    return steps.stream();
  }

  private static Backend library(Kind kind) {
    return new Library(kind, NONE);
  }

  /** The sample of the third step, some tensor of which may then read otherwise than it is. */
  private static SampleTally ofStep(
      Workload workload, Backend judged, Consumer<DisturbedView> disturbance) {
    try (Trainer trainer = VECTOR.open(workload, ONE);
        Operations canonical = SCALAR.operations(ONE)) {
      trainer.run(2);
      DisturbedView tensors = new DisturbedView(trainer, workload);
      StepSample sample =
          StepSample.before(workload, judged, canonical, tensors, 2, SampleExtent.GLANCE, SEED);
      double loss = tensors.keep();
      disturbance.accept(tensors);
      return sample.after(loss);
    }
  }

  private static void agreesToTheBit(Workload workload) {
    SampleTally tally = ofStep(workload, VECTOR, tensors -> {});
    assertThat(tally.difference()).as("seed %d", SEED).isEmpty();
    assertThat(tally.verdict()).isEqualTo(Verdict.AGREES);
    assertThat(tally.equal()).isGreaterThan(workload.batch() * 10L + 3 * 10);
    assertThat(tally.bounded()).isZero();
  }

  @ParameterizedTest
  @FieldSource("STEPS")
  void aRightStepAgreesToTheBit(Activation activation, int batch, int first, int second) {
    agreesToTheBit(workload(activation, batch, first, second));
  }

  @ParameterizedTest
  @MethodSource("everyKindOfStep")
  void everyKindOfStepAgreesToTheBit(Workload workload) {
    agreesToTheBit(workload);
  }

  /** Where a library computes the whole step, each operation may err by its bound. */
  @ParameterizedTest
  @FieldSource("STEPS")
  void aRightStepOfALibraryIsWithinItsBounds(
      Activation activation, int batch, int first, int second) {
    isWithinItsBounds(workload(activation, batch, first, second));
  }

  @ParameterizedTest
  @MethodSource("everyKindOfStep")
  void everyKindOfStepOfALibraryIsWithinItsBounds(Workload workload) {
    isWithinItsBounds(workload);
  }

  private static void isWithinItsBounds(Workload workload) {
    SampleTally tally = ofStep(workload, library(Kind.LIBRARY_STEP), tensors -> {});
    assertThat(tally.verdict()).as("%s, seed %d", tally, SEED).isEqualTo(Verdict.AGREES);
    assertThat(tally.equal()).isZero();
    assertThat(tally.bounded()).isGreaterThan(workload.batch() * 10L + 3 * 10);
    assertThat(tally.share()).isBetween(1e-6, 1.0);
  }

  /** Where it computes the products, what follows from what can be read is owed to the bit. */
  @ParameterizedTest
  @MethodSource("everyKindOfStep")
  void aStepWithALibrarysProductsIsPartlyWithinBounds(Workload workload) {
    SampleTally tally = ofStep(workload, library(Kind.LIBRARY), tensors -> {});
    assertThat(tally.verdict()).as("%s, seed %d", tally, SEED).isEqualTo(Verdict.AGREES);
    assertThat(tally.equal()).isGreaterThan(workload.batch() * 10L);
    assertThat(tally.bounded()).isPositive();
  }

  /** The last element of every tensor is always sampled. */
  @ParameterizedTest
  @MethodSource("everyKindOfStep")
  void oneUlpInAnyTensorIsSeen(Workload workload) {
    for (Tensor tensor : readable(workload)) {
      SampleTally tally = ofStep(workload, VECTOR, tensors -> tensors.disturb(tensor));
      assertThat(tally.verdict()).as("%s, seed %d", tensor, SEED).isEqualTo(Verdict.DIFFERS);
      assertThat(tally.toString()).startsWith("step 3, " + tensor + "[").contains(" expected, ");
    }
  }

  /** In whatever tensor, a hundredth is more than any rounding explains. */
  @ParameterizedTest
  @MethodSource("everyKindOfStep")
  void oneWrongElementOfALibrarysStepIsSeen(Workload workload) {
    for (Tensor tensor : readable(workload)) {
      assertThat(
              ofStep(
                      workload,
                      library(Kind.LIBRARY_STEP),
                      tensors -> tensors.disturb(tensor, x -> x + 0.01f))
                  .verdict())
          .as("%s, seed %d", tensor, SEED)
          .isEqualTo(Verdict.DIFFERS);
    }
  }

  private static Set<Tensor> readable(Workload workload) {
    StepProgram program = workload.program();
    Set<Tensor> readable = new LinkedHashSet<>(program.probed());
    readable.addAll(program.values().values());
    program.moments().forEach(moment -> readable.addAll(moment.values()));
    return readable;
  }

  @ParameterizedTest
  @EnumSource(names = {"EXACT", "LIBRARY", "LIBRARY_STEP"})
  void aWrongLossIsSeen(Kind kind) {
    Workload workload = workload(Activation.TANH, Loss.SQUARED_ERROR, new Rule.Sgd());
    try (Trainer trainer = VECTOR.open(workload, ONE);
        Operations canonical = SCALAR.operations(ONE)) {
      TensorView tensors = new DisturbedView(trainer, workload);
      StepSample sample =
          StepSample.before(
              workload, library(kind), canonical, tensors, 0, SampleExtent.GLANCE, SEED);
      SampleTally tally = sample.after(tensors.keep() * 1.00001);
      assertThat(tally.verdict()).isEqualTo(Verdict.DIFFERS);
      if (kind != Kind.LIBRARY_STEP) {
        assertThat(tally.toString()).startsWith("step 1, loss[0][0]: ");
      }
    }
  }

  /** Rates of 1e30 make the second loss infinite; from then on updates do nothing. */
  @Test
  void aStoppedTrainingStaysWhereItIs() {
    Workload workload =
        workload(
            Activation.RELU,
            Loss.SQUARED_ERROR,
            0,
            Learning.sgd(new LearningRate.Uniform(1e30)),
            33,
            33);
    try (Trainer trainer = VECTOR.open(workload, ONE);
        Operations canonical = SCALAR.operations(ONE)) {
      TensorView tensors = new DisturbedView(trainer, workload);
      trainer.run(1);
      for (long step = 1; step < 3; step++) {
        StepSample sample =
            StepSample.before(
                workload, VECTOR, canonical, tensors, step, SampleExtent.GLANCE, SEED);
        SampleTally tally = sample.after(tensors.keep());
        assertThat(trainer.stoppedAt()).hasValue(1);
        assertThat(tally.verdict()).as("%s", tally).isEqualTo(Verdict.AGREES);
      }
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
