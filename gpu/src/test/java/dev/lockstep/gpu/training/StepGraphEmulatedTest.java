package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.gpu.emulated.Counter;
import dev.lockstep.gpu.emulated.EmulatedDevice;
import dev.lockstep.gpu.emulated.FreshDevice;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step recorded once and replayed: the same bits, and nothing in it but work for the device. */
@ExtendWith(FreshDevice.class)
final class StepGraphEmulatedTest {

  /** 12 steps of 5 an epoch: two permutations are exchanged under the graph. */
  @ParameterizedTest
  @EnumSource
  void replayedAcrossEpochsItHasTheBitsOfSingleLaunches(Products by) {
    Workload workload = Workloads.random(Activation.TANH, 250, 33, 7);
    try (DeviceTrainer graph = DeviceTrainer.open(by, 0, workload, Submission.GRAPH);
        DeviceTrainer eager = DeviceTrainer.open(by, 0, workload, Submission.EAGER)) {
      double[] losses = graph.run(12);
      for (int step = 0; step < 12; step++) {
        assertThat(eager.run(1)[0]).as("loss of step %d", step).isEqualTo(losses[step]);
      }
      sameBits(12, eager.parameters(), graph.parameters());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aProbedStepBetweenReplaysHasTheBitsOfAReplay(Products by) {
    Workload workload = Workloads.equalUnits(Activation.RELU, 250, 33, 33);
    try (DeviceTrainer plain = DeviceTrainer.open(by, 0, workload, Submission.GRAPH);
        DeviceTrainer probed = DeviceTrainer.open(by, 0, workload, Submission.GRAPH)) {
      double[] losses = plain.run(7);
      probed.run(3);
      Probe probe = probed.probe();
      assertThat(probe.loss()).isEqualTo(losses[3]);
      assertThat(probed.run(3)).containsExactly(losses[4], losses[5], losses[6]);
      sameBits(7, plain.parameters(), probed.parameters());
    }
  }

  /** More steps than the ring has slots: the losses of all come out. */
  @Test
  void lossesOfManySteps() {
    Workload workload = Workloads.random(Activation.TANH, 1, 7);
    try (DeviceTrainer atOnce =
            DeviceTrainer.open(Products.CANONICAL, 0, workload, Submission.GRAPH);
        DeviceTrainer inParts =
            DeviceTrainer.open(Products.CANONICAL, 0, workload, Submission.GRAPH)) {
      double[] losses = atOnce.run(300);
      for (int from = 0; from < 300; from += 100) {
        double[] part = inParts.run(100);
        for (int s = 0; s < 100; s++) {
          assertThat(part[s]).as("loss of step %d", from + s).isEqualTo(losses[from + s]);
        }
      }
    }
  }

  /** One call a step, and one wait and two copies at the end, however many steps. */
  @ParameterizedTest
  @EnumSource
  void nothingButGraphLaunchesInsideARun(Products by, EmulatedDevice device) {
    Workload workload = Workloads.random(Activation.TANH, 1, 7, 7);
    try (DeviceTrainer trainer = DeviceTrainer.open(by, 0, workload, Submission.GRAPH)) {
      trainer.run(1);
      for (int steps : List.of(1, 3, 200)) {
        Map<Counter, Long> before = counts(device);
        trainer.run(steps);
        Map<Counter, Long> after = counts(device);
        after.replaceAll((counter, count) -> count - before.getOrDefault(counter, 0L));
        assertThat(after.remove(Counter.KERNELS_RUN)).isEqualTo(steps * kernelsOfStep(by, 3));
        assertThat(after)
            .as("%d steps", steps)
            .containsExactlyInAnyOrderEntriesOf(
                Map.of(
                    Counter.GRAPH_LAUNCHES, (long) steps,
                    Counter.API_CALLS, steps + 3L + wraps(trainer.step(), steps),
                    Counter.COPIES_TO_HOST, 2L + wraps(trainer.step(), steps),
                    Counter.SYNCHRONIZATIONS, 1L,
                    Counter.ALLOCATIONS, 0L,
                    Counter.PINNED_ALLOCATIONS, 0L,
                    Counter.COPIES_TO_DEVICE, 0L,
                    Counter.KERNEL_LAUNCHES, 0L,
                    Counter.LIBRARY_CALLS, 0L));
      }
    }
  }

  /** A run whose losses go round the end of the ring of 256 is fetched in two pieces. */
  private static long wraps(long end, int steps) {
    return (end - steps) / 256 == (end - 1) / 256 ? 0 : 1;
  }

  /**
   * Gather, loss and advance; a forward, an update and a bias a layer; a backward between layers;
   * what a library's epilogues and roundings add.
   */
  private static long kernelsOfStep(Products by, int layers) {
    int products = 3 * layers - 1;
    return switch (by) {
      case CANONICAL -> 3 + products + layers;
      case CUBLAS, CUBLAS_PEDANTIC, CUBLAS_TF32 -> 3 + products + layers;
      // Rounded once: the input, each layer's weights and deltas, and activations but for logits.
      case CUBLAS_BF16 -> 3 + products + layers + 3L * layers;
    };
  }

  private static Map<Counter, Long> counts(EmulatedDevice device) {
    Map<Counter, Long> counts = new EnumMap<>(Counter.class);
    for (Counter counter :
        List.of(
            Counter.API_CALLS,
            Counter.ALLOCATIONS,
            Counter.PINNED_ALLOCATIONS,
            Counter.COPIES_TO_DEVICE,
            Counter.COPIES_TO_HOST,
            Counter.KERNEL_LAUNCHES,
            Counter.KERNELS_RUN,
            Counter.GRAPH_LAUNCHES,
            Counter.LIBRARY_CALLS,
            Counter.SYNCHRONIZATIONS)) {
      counts.put(counter, device.count(counter));
    }
    return counts;
  }

  private static void sameBits(long step, Parameters expected, Parameters actual) {
    Difference.first(step, expected, actual).ifPresent(d -> fail(d.toString()));
  }
}
