package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Work.Submission;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.emulated.FreshDevice;
import dev.lockstep.gpu.kernel.Kernels.Axis;
import dev.lockstep.gpu.kernel.Kernels.UnitNumbers;
import dev.lockstep.gpu.kernel.Kernels.ZeroSign;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Digest;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found on the device is what is found in a copy on the host. */
@ExtendWith(FreshDevice.class)
final class DeviceSymmetryEmulatedTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void classesAndDigestsOfParametersOfAllKinds(long seed) {
    Workload workload = Workloads.equalUnits(Activation.TANH, 33, 129, 33, 7);
    Parameters parameters = workload.initial().copy();
    disturb(parameters, new Random(seed));
    try (DeviceTrainer trainer =
        DeviceTrainer.open(Products.CANONICAL, 0, workload, Submission.GRAPH)) {
      trainer.restore(parameters, 0);
      for (int h = 0; h < 3; h++) {
        UnitClasses expected = UnitClasses.of(UnitSlices.of(parameters, h));
        UnitClasses actual = UnitClasses.of(trainer, h);
        assertThat(actual.classOf()).as("seed %d, layer %d", seed, h).isEqualTo(expected.classOf());
        assertThat(actual.count()).isEqualTo(expected.count());
        assertThat(actual.countByValue()).isEqualTo(expected.countByValue());
      }
      assertThat(trainer.digests())
          .isEqualTo(
              Stream.of(0, 1, 2, 3)
                  .flatMap(l -> Stream.of(parameters.weights(l), parameters.bias(l)))
                  .map(Digest::of)
                  .toList());
    }
  }

  /** Some numbers become others, zeros of either sign, or NaNs of different bits. */
  private static void disturb(Parameters parameters, Random random) {
    for (Matrix matrix : Dense.weights(parameters)) {
      float[] data = ((FloatMatrix) matrix).data();
      int kind = random.nextInt(4);
      for (int change = 0; change < 5; change++) {
        int at = random.nextInt(data.length);
        data[at] =
            switch (kind) {
              case 0 -> Math.nextUp(data[at]);
              case 1 -> random.nextBoolean() ? 0f : -0f;
              case 2 -> Float.intBitsToFloat(0x7fc00000 + random.nextInt(100));
              default -> data[at];
            };
      }
    }
  }

  /** The sign of a zero parts units exactly, but not by value. */
  @Test
  void zerosOfEitherSign() {
    Workload workload = Workloads.equalUnits(Activation.TANH, 33, 33);
    Parameters parameters = workload.initial().copy();
    float[] biases = ((FloatMatrix) parameters.bias(0)).data();
    Arrays.fill(biases, 0f);
    biases[7] = -0f;
    biases[32] = -0f;
    try (DeviceTrainer trainer =
        DeviceTrainer.open(Products.CANONICAL, 0, workload, Submission.GRAPH)) {
      trainer.restore(parameters, 0);
      UnitClasses classes = trainer.unitClasses(0);
      assertThat(classes.count()).isEqualTo(2);
      assertThat(classes.countByValue()).isEqualTo(1);
      assertThat(classes.classOf()[32]).isEqualTo(7);
    }
  }

  /** Were all digests the same, the numbers would still tell the classes apart. */
  @Test
  void digestsThatCollide() {
    FloatMatrix matrix = new FloatMatrix(3, 9);
    int[] wanted = {0, 1, 0, 3, 1, 0, 3, 7, 1};
    for (int unit = 0; unit < 9; unit++) {
      matrix.data()[18 + unit] = wanted[unit];
    }
    Workload workload = Workloads.random(Activation.TANH, 33, 7);
    try (DeviceSession session = DeviceSession.open(Products.CANONICAL, 0);
        Closing owned = new Closing()) {
      var memory = owned.own(session.allocate("units", matrix.size()));
      session.staging.upload(matrix, memory);
      DeviceSymmetry symmetry = new DeviceSymmetry(session, workload.program(), tensor -> memory);
      assertThat(
              symmetry.separate(
                  List.of(new UnitNumbers(memory, 3, 9, Axis.COLUMN)),
                  new long[18],
                  ZeroSign.COUNTS))
          .isEqualTo(wanted);
    }
  }
}
