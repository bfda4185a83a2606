package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.backend.Work;
import dev.lockstep.backend.Work.Direction;
import dev.lockstep.backend.Work.HostMemory;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.data.Digits;
import dev.lockstep.gpu.emulated.EmulatedDevice;
import dev.lockstep.gpu.emulated.EmulatedDevice.Property;
import dev.lockstep.gpu.emulated.FreshDevice;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Rule;
import dev.lockstep.program.LayerTensors;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.CopiedSymmetry;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pieces of a step that is kept, parameters that are drawn on their way, and the timers. */
@ExtendWith(FreshDevice.class)
final class TensorViewEmulatedTest {

  private static DeviceTrainer open(Products by, Workload workload) {
    return DeviceTrainer.open(by, 0, workload, Submission.GRAPH);
  }

  @ParameterizedTest
  @EnumSource
  void piecesAreThoseOfAProbe(Products by) {
    Workload workload = Workloads.random(Activation.TANH, 33, 129, 7);
    try (DeviceTrainer whole = open(by, workload);
        DeviceTrainer pieces = open(by, workload)) {
      whole.run(1);
      pieces.run(1);
      Probe probe = whole.probe();
      assertThat(pieces.keep()).isEqualTo(probe.loss());
      Parameters parameters = whole.parameters();
      for (int l = 0; l < 3; l++) {
        LayerTensors layer = pieces.program().layers().get(l);
        compare(pieces, layer.activations(), probe.activations().get(l));
        compare(pieces, layer.delta(), probe.deltas().get(l));
      }
      probe.gradients().handTo(pieces.program().gradients(), (t, m) -> compare(pieces, t, m));
      parameters.handTo(pieces.program().values(), (t, m) -> compare(pieces, t, m));
    }
  }

  @Test
  void momentsAreReadLikeParameters() {
    Workload workload = Workloads.withRule(new Rule.Adam(0.9f, 0.999f, 1e-8f), 33, 7);
    try (DeviceTrainer trainer = open(Products.CANONICAL, workload)) {
      trainer.run(2);
      List<Parameters> moments = trainer.moments();
      for (int k = 0; k < 2; k++) {
        moments.get(k).handTo(trainer.program().moments().get(k), (t, m) -> compare(trainer, t, m));
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.part(trainer.program().rowLoss(), new Region(0, 1, 0, 1)))
          .withMessage("row losses cannot be read");
    }
  }

  /** All of it, the last row, the last column, and what is left without the edges. */
  private static void compare(DeviceTrainer trainer, Tensor tensor, Matrix whole) {
    int rows = whole.rows();
    int columns = whole.columns();
    for (Region region :
        List.of(
            new Region(0, rows, 0, columns),
            Region.ofRow(rows - 1, columns),
            Region.ofColumn(columns - 1, rows),
            new Region(rows / 2, rows - rows / 2, 1, Math.max(0, columns - 2)))) {
      FloatMatrix part = trainer.part(tensor, region);
      for (int i = 0; i < region.rows(); i++) {
        for (int j = 0; j < region.columns(); j++) {
          assertThat(part.bits(i * region.columns() + j))
              .as("%s, %s", tensor, region)
              .isEqualTo(whole.bits((region.row() + i) * columns + region.column() + j));
        }
      }
    }
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> trainer.part(tensor, Region.ofRow(rows, columns)));
  }

  @Test
  void onlyTheLastStepIsKept() {
    try (DeviceTrainer trainer =
        open(Products.CANONICAL, Workloads.equalUnits(Activation.TANH, 33, 7))) {
      Region first = new Region(0, 1, 0, 1);
      Tensor gradient = trainer.program().gradients().values().iterator().next();
      assertThatThrownBy(() -> trainer.part(gradient, first))
          .hasMessage("the last step was not kept");
      trainer.keep();
      trainer.part(gradient, first);
      assertThat(trainer.keptClasses(gradient, 0).lockstep()).isTrue();
      trainer.run(1);
      assertThatThrownBy(() -> trainer.keptClasses(gradient, 0))
          .hasMessage("the last step was not kept");
    }
  }

  /** The emulated library breaks equal units apart: classes as of a copy on the host. */
  @ParameterizedTest
  @EnumSource
  void classesOfAKeptStepAreThoseOfACopy(Products by) {
    Workload workload = Workloads.equalUnits(Activation.TANH, 33, 33, 129);
    try (DeviceTrainer trainer = open(by, workload);
        DeviceTrainer copied = open(by, workload)) {
      trainer.run(3);
      copied.run(3);
      trainer.keep();
      Probe probe = copied.probe();
      for (int h = 0; h < 2; h++) {
        LayerTensors layer = trainer.program().layers().get(h);
        same(trainer, layer.activations(), h, probe.activations().get(h));
        same(trainer, layer.delta(), h, probe.deltas().get(h));
        for (Tensor gradient : trainer.program().gradients().values()) {
          if (gradient.rows().isOfUnits(h) || gradient.columns().isOfUnits(h)) {
            same(trainer, gradient, h, probe.of(gradient));
          }
        }
      }
    }
  }

  private static void same(DeviceTrainer trainer, Tensor tensor, int h, Matrix copy) {
    assertThat(trainer.keptClasses(tensor, h).classOf())
        .as("units of hidden layer %d in the %s", h, tensor)
        .isEqualTo(UnitClasses.of(UnitSlices.of(tensor, copy, h)).classOf());
  }

  /** Drawn row by row, and again after a restart: 2^21 elements are a piece, so W2 takes two. */
  @Test
  void parametersDrawnOnTheirWayAreThoseDrawnBefore() {
    Scenario scenario =
        new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(1021, 2100),
            Activation.TANH,
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            new LearningRate.Uniform(0.1),
            1,
            1,
            11);
    Parameters drawn = scenario.prepare(Digits.load()).initial();
    try (DeviceTrainer trainer =
        open(Products.CANONICAL, scenario.prepareOnReading(Digits.load()))) {
      assertThat(Difference.first(0, drawn, trainer.parameters())).isEmpty();
      trainer.run(1);
      assertThat(Difference.first(1, drawn, trainer.parameters())).isPresent();
      trainer.restart();
      assertThat(trainer.step()).isZero();
      assertThat(Difference.first(0, drawn, trainer.parameters())).isEmpty();
    }
  }

  /** 17 MiB of parameters: twice is too much, while evaluating needs but 7 more. */
  @Test
  void noRoomForGradientsIsUnavailableAndTheTrainerGoesOn(EmulatedDevice device) {
    device.present(Property.EMULATED_CUDA_MEMORY, "26");
    try (DeviceTrainer trainer =
        open(Products.CANONICAL, Workloads.random(Activation.TANH, 1, 2048, 2048))) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(trainer::keep)
          .satisfies(
              refusal ->
                  assertThat(refusal.availability())
                      .isInstanceOfSatisfying(
                          Availability.Unavailable.class,
                          why ->
                              assertThat(why.reason().sentence()).contains(" needed ", " free ")));
      trainer.run(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void timedStepsHaveTheBitsOfOthers(Submission submission) {
    Workload workload = Workloads.random(Activation.TANH, 33, 33);
    Work.Step work = new Work.Step(workload, submission);
    try (Timed.Steps timed = new CudaBackend().timed(work, new Resources(1));
        DeviceTrainer other = open(Products.CANONICAL, workload)) {
      Timed.Times times = timed.run(3);
      other.run(3);
      assertThat(times.own().getAsDouble()).isNotNegative();
      assertThat(times.wall()).isPositive();
      assertThat(timed.trainer().step()).isEqualTo(3);
      assertThat(CopiedSymmetry.digests(timed.trainer())).isEqualTo(other.digests());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTimedProductIsThere(ProductForm form) {
    DrawnMatrix ones = new DrawnMatrix(33, 33, (i, j) -> i == j ? 1 : 0);
    DrawnMatrix numbers = new DrawnMatrix(33, 33, (i, j) -> i * 33 + j);
    Work.Product work = new Work.Product(form, ones, numbers);
    Tensor c = work.operation().single().results().getFirst();
    Region last = new Region(32, 1, 31, 1);
    try (Timed.Tensors timed = new CublasBackend().timed(work, new Resources(1))) {
      timed.run(2);
      assertThat(timed.part(0, c, last).data()[0])
          .isEqualTo(form == ProductForm.ABT ? 31 * 33 + 32 : 32 * 33 + 31);
      timed.load(Map.of());
      assertThat(timed.part(0, c, last).data()[0]).isZero();
    }
  }

  static Stream<Work.Copying> copies() {
    return Stream.concat(
        Stream.of(new Work.Copy(33)),
        Stream.of(HostMemory.values())
            .flatMap(
                memory ->
                    Stream.of(Direction.values())
                        .map(direction -> new Work.Transfer(33, memory, direction))));
  }

  @ParameterizedTest
  @MethodSource("copies")
  void whatIsCopiedIsThere(Work.Copying work) {
    DrawnMatrix numbers = new DrawnMatrix(33, 256, (i, j) -> i * 256 + j + 1);
    Region all = Region.of(work.target());
    try (Timed.Tensors timed = new CudaBackend().timed(work, new Resources(1))) {
      timed.load(Map.of(work.source(), numbers));
      assertThat(timed.part(0, work.target(), all).data()).containsOnly(0);
      timed.run(2);
      assertThat(numbers.firstDifference(timed.part(0, work.target(), all))).isEqualTo(-1);
      Region corner = new Region(31, 2, 250, 3);
      assertThat(timed.part(0, work.target(), corner))
          .satisfies(
              part -> assertThat(part.firstDifference(corner.copyOf(numbers))).isEqualTo(-1));
    }
  }
}
