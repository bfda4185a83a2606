package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Fashion-MNIST as Debian's package dataset-fashion-mnist installs it, gzipped. */
final class FashionMnistTest {

  private static final Path FOLDER = Path.of("/usr/share/datasets/fashion-mnist");

  @BeforeAll
  static void requirePackage() {
    Assumptions.assumeTrue(
        Files.isDirectory(FOLDER),
        "skipped: there is no " + FOLDER + "; Debian has it as dataset-fashion-mnist");
  }

  /** Its numbers, and the mean and deviation that everybody normalizes it by. */
  @Test
  void hasThePublishedShapeAndMoments() {
    Dataset data = IdxFile.dataset(FOLDER);
    assertThat(data.inputs()).isEqualTo(784);
    assertThat(data.classes()).isEqualTo(10);
    assertThat(data.train().rows()).isEqualTo(60_000);
    assertThat(data.test().rows()).isEqualTo(10_000);
    int[] count = new int[10];
    for (int label : data.train().labels()) {
      count[label]++;
    }
    assertThat(count).containsOnly(6000);
    double sum = 0;
    double squares = 0;
    float[] features = data.train().features();
    for (float feature : features) {
      sum += feature;
      squares += (double) feature * feature;
    }
    double mean = sum / features.length;
    assertThat(mean).isCloseTo(0.2860, Offset.offset(5e-5));
    assertThat(Math.sqrt(squares / features.length - mean * mean))
        .isCloseTo(0.3530, Offset.offset(5e-5));
  }

  /** One epoch takes a network of one hidden layer well above what any single unit could do. */
  @Test
  void oneEpochLearnsIt() {
    Scenario scenario =
        new Scenario(
            new DataSource.IdxFolder(FOLDER),
            List.of(128),
            Activation.RELU,
            Initialization.usual(Activation.RELU),
            new LearningRate.Uniform(0.1),
            64,
            937,
            7);
    var workload = scenario.prepare();
    try (Trainer trainer = Backends.named("test", "vector").open(workload, new Resources(2))) {
      trainer.run(scenario.steps());
      assertThat(trainer.evaluate(workload.data().test()).accuracy()).isGreaterThan(0.8);
    }
  }
}
