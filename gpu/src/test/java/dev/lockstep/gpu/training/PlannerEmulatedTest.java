package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.lockstep.backend.Work.Submission;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.emulated.Counter;
import dev.lockstep.gpu.emulated.EmulatedDevice;
import dev.lockstep.gpu.emulated.FreshDevice;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.program.Fusion;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.Op;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Storage;
import dev.lockstep.program.Storage.InPlace;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Lifetime;
import dev.lockstep.scenario.Workload;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists with and without joined operations, and with and without shared memory: the same bits. */
@ExtendWith(FreshDevice.class)
final class PlannerEmulatedTest {
  private static final int STEPS = 3;
  private static final Learning PLAIN = learning(new Rule.Sgd(), 0);

  private static Learning learning(Rule rule, double decay) {
    return new Learning(new LearningRate.Uniform(0.1), rule, new Schedule.Constant(), decay);
  }

  /** The pairs that are joined somewhere. */
  private enum Pair {
    PRODUCT_AND_ACTIVATION(Op.Product.class, Op.BiasActivation.class),
    PRODUCT_AND_DERIVATIVE(Op.Product.class, Op.Derivative.class),
    PRODUCT_AND_UPDATE(Op.Product.class, Op.Update.class),
    COLUMN_SUMS_AND_UPDATE(Op.ColumnSums.class, Op.Update.class);

    private final Class<? extends Op> first;
    private final Class<? extends Op> second;

    Pair(Class<? extends Op> first, Class<? extends Op> second) {
      this.first = first;
      this.second = second;
    }

    boolean is(Op one, Op other) {
      return first.isInstance(one) && second.isInstance(other);
    }

    /** In a step of three layers, the last without an activation. */
    long expected(Products by, Activation activation) {
      boolean canonical = by == Products.CANONICAL;
      return switch (this) {
        case PRODUCT_AND_ACTIVATION -> canonical ? activation.fuses() ? 3 : 1 : 0;
        case PRODUCT_AND_DERIVATIVE -> canonical && Epilogue.fusesDerivative(activation) ? 2 : 0;
        case PRODUCT_AND_UPDATE, COLUMN_SUMS_AND_UPDATE -> 3;
      };
    }
  }

  static Stream<Arguments> pairs() {
    return Stream.of(Pair.values())
        .flatMap(
            pair ->
                Stream.of(Products.values())
                    .flatMap(
                        by ->
                            Stream.of(Activation.values())
                                .map(activation -> Arguments.of(pair, by, activation))));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aJoinedPairHasTheBitsOfTheTwo(Pair pair, Products by, Activation activation) {
    Workload workload = Workloads.learning(activation, PLAIN, 0.1);
    Fusion.Rules all = new LaunchRules(by, workload.optimizer());
    Fusion.Rules rules = (first, second) -> pair.is(first, second) && all.join(first, second);
    Lowered joined = Lowered.of(workload.program(), Set.of(), rules, InPlace.ALL);
    assertThat(joined.ops().stream().filter(Op.Fused.class::isInstance))
        .hasSize((int) pair.expected(by, activation));
    if (pair.expected(by, activation) > 0) {
      assertThat(run(by, workload, Set.of(), rules))
          .isEqualTo(run(by, workload, Set.of(), Fusion.Rules.NONE));
    }
  }

  /** Each tensor then has memory of its own, and no gradient is used up. */
  @ParameterizedTest
  @EnumSource
  void tensorsThatAreKeptHaveTheBitsOfAStepThatKeepsNone(Activation activation) {
    Workload workload = Workloads.learning(activation, PLAIN, 0.1);
    StepProgram program = workload.program();
    Set<Tensor> every = new LinkedHashSet<>(StepProgram.tensors(program.ops()));
    for (Products by : Products.values()) {
      LaunchRules rules = new LaunchRules(by, workload.optimizer());
      Lowered list = Lowered.of(program, every, rules, InPlace.ALL);
      assertThat(list.ops()).isEqualTo(program.ops());
      assertThat(every).allMatch(tensor -> list.storage().owner(tensor).equals(tensor));
      assertThat(run(by, workload, every, rules))
          .as("%s", by)
          .isEqualTo(run(by, workload, Set.of(), rules));
    }
  }

  /** The product's epilogue does not write it. */
  @ParameterizedTest
  @EnumSource
  void aWeightedInputThatIsKeptIsThere(Activation activation) {
    Workload workload = Workloads.learning(activation, PLAIN, 0);
    StepProgram program = workload.program();
    Set<Tensor> kept =
        program.ops().stream()
            .filter(Op.BiasActivation.class::isInstance)
            .flatMap(op -> op.writes().stream())
            .collect(Collectors.toSet());
    LaunchRules rules = new LaunchRules(Products.CANONICAL, workload.optimizer());
    assertThat(run(Products.CANONICAL, workload, kept, kept, rules))
        .isEqualTo(run(Products.CANONICAL, workload, kept, kept, Fusion.Rules.NONE))
        .hasSize(kept.size());
  }

  /** A list that reads what it has updated: no copy of it may be older than that. */
  @ParameterizedTest
  @EnumSource
  void aListTwiceHasTheBitsOfTwoRuns(Products by) {
    Workload workload = Workloads.learning(Activation.TANH, PLAIN, 0);
    List<Op> ops = workload.program().ops();
    List<Op> twice = Stream.of(ops, ops).flatMap(List::stream).toList();
    assertThat(parametersAfter(by, workload, twice, 1))
        .isEqualTo(parametersAfter(by, workload, ops, 2))
        .isNotEqualTo(parametersAfter(by, workload, ops, 1));
  }

  private static List<String> parametersAfter(
      Products by, Workload workload, List<Op> ops, int runs) {
    try (ResidentProgram resident = ResidentProgram.open(by, 0, workload, Fusion.Rules.NONE);
        DeviceProducts products = resident.session.products(List.of(), 0)) {
      Lowered list = new Lowered(ops, Storage.of(ops, Set.of(), InPlace.ALL));
      List<Work> works =
          Planner.plan(list, resident.session.kernels, products, resident.inputs, resident.tensors);
      resident.load(workload.initial(), List.of(), 0);
      resident.inputs.prepare(0);
      for (int run = 0; run < runs; run++) {
        works.forEach(work -> work.into(resident.session.stream));
      }
      return resident.program.values().values().stream()
          .map(value -> bits(resident.tensors.download(value)))
          .toList();
    }
  }

  /** Kernels of a step of three layers; the library's products, eight, are none. */
  @ParameterizedTest
  @CsvSource({
    "TANH, sgd, 0, 0, 14, 14, 23",
    "TANH, sgd, 0.01, 0, 17, 14, 23",
    "TANH, adam, 0, 0, 20, 17, 26",
    "TANH, sgd, 0, 0.1, 16, 16, 25",
    "SIGMOID, sgd, 0, 0, 16, 14, 23",
    "GELU, sgd, 0, 0, 18, 14, 23",
    "GELU, adam, 0.01, 0.1, 26, 19, 28"
  })
  void kernelsOfAStep(
      Activation activation,
      String rule,
      double decay,
      double noise,
      long canonical,
      long library,
      long bfloat16,
      EmulatedDevice device) {
    Workload workload =
        Workloads.learning(activation, learning(Rule.parse("test", rule), decay), noise);
    Map<Products, Long> kernels = new EnumMap<>(Products.class);
    for (Products by : List.of(Products.CANONICAL, Products.CUBLAS, Products.CUBLAS_BF16)) {
      try (DeviceTrainer trainer = DeviceTrainer.open(by, 0, workload, Submission.GRAPH)) {
        trainer.run(1);
        long before = device.count(Counter.KERNELS_RUN);
        trainer.run(1);
        kernels.put(by, device.count(Counter.KERNELS_RUN) - before);
      }
    }
    assertThat(kernels)
        .containsExactly(
            entry(Products.CANONICAL, canonical),
            entry(Products.CUBLAS, library),
            entry(Products.CUBLAS_BF16, bfloat16));
  }

  /** What was asked for before anything was allocated is what is allocated. */
  @ParameterizedTest
  @EnumSource
  void whatIsNeededIsWhatIsAllocated(Activation activation, EmulatedDevice device) {
    for (Rule rule :
        List.of(new Rule.Sgd(), new Rule.Momentum(0.9f), new Rule.Adam(0.9f, 0.999f, 1e-8f))) {
      for (double decay : List.of(0.0, 0.01)) {
        for (double noise : List.of(0.0, 0.1)) {
          Workload workload = Workloads.learning(activation, learning(rule, decay), noise);
          StepProgram program = workload.program();
          Lowered list =
              Lowered.of(
                  program,
                  Set.of(),
                  new LaunchRules(Products.CANONICAL, workload.optimizer()),
                  InPlace.ALL);
          Lowered piece =
              Evaluator.piece(Products.CANONICAL, workload, workload.data().test().rows());
          long needed = DeviceNeed.ofTrainer(Products.CANONICAL, workload, program, list).bytes();
          try (DeviceTrainer trainer =
              DeviceTrainer.open(Products.CANONICAL, 0, workload, Submission.GRAPH)) {
            trainer.run(1);
            assertThat(
                    device.count(Counter.LIVE_DEVICE_BYTES)
                        + piece.storage().bytes(Lifetime.STEP, Float.BYTES))
                .as("%s, decay %s, noise %s", rule, decay, noise)
                .isEqualTo(needed);
          }
        }
      }
    }
  }

  /** Only plain descent uses gradients up as they are made, in memory that they share. */
  @ParameterizedTest
  @CsvSource({"sgd, 2112", "momentum:0.9, 0", "adam, 0"})
  void aLibraryHasRoomForOneGradientIfDescentUsesItUp(
      String rule, long elements, EmulatedDevice device) {
    Workload workload =
        Workloads.learning(Activation.TANH, learning(Rule.parse("test", rule), 0), 0);
    StepProgram program = workload.program();
    Lowered list =
        Lowered.of(
            program, Set.of(), new LaunchRules(Products.CUBLAS, workload.optimizer()), InPlace.ALL);
    long others =
        Cublas.WORKSPACE_BYTES
            + list.storage().bytes(Lifetime.STATE, Float.BYTES)
            + list.storage().bytes(Lifetime.STEP, Float.BYTES)
            + TrainingInputs.bytes(program, workload)
            - Float.BYTES * program.rowLoss().count();
    try (DeviceTrainer trainer =
        DeviceTrainer.open(Products.CUBLAS, 0, workload, Submission.GRAPH)) {
      trainer.run(1);
      assertThat(device.count(Counter.LIVE_DEVICE_BYTES) - others)
          .as("at least a byte")
          .isEqualTo(Math.max(1, Float.BYTES * elements));
    }
  }

  /** Parameters, activations and deltas after some steps. */
  private static Map<Tensor, String> run(
      Products by, Workload workload, Set<Tensor> kept, Fusion.Rules rules) {
    StepProgram program = workload.program();
    Set<Tensor> wanted = new LinkedHashSet<>();
    wanted.addAll(program.values().values());
    program.layers().forEach(layer -> wanted.add(layer.activations()));
    program.layers().forEach(layer -> wanted.add(layer.delta()));
    return run(by, workload, kept, wanted, rules);
  }

  private static Map<Tensor, String> run(
      Products by, Workload workload, Set<Tensor> kept, Set<Tensor> wanted, Fusion.Rules rules) {
    try (ResidentProgram resident = ResidentProgram.open(by, 0, workload, rules)) {
      Work work = resident.keeping(kept);
      resident.load(workload.initial(), List.of(), 0);
      for (int step = 0; step < STEPS; step++) {
        resident.inputs.prepare(step);
        work.into(resident.session.stream);
      }
      Map<Tensor, String> bits = new LinkedHashMap<>();
      for (Tensor tensor : wanted) {
        bits.put(tensor, bits(resident.tensors.download(tensor)));
      }
      return bits;
    }
  }

  private static String bits(FloatMatrix matrix) {
    StringBuilder bits = new StringBuilder();
    for (float element : matrix.data()) {
      bits.append(Integer.toHexString(Float.floatToRawIntBits(element))).append(' ');
    }
    return bits.toString();
  }
}
