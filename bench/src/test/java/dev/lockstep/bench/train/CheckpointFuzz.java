package dev.lockstep.bench.train;

import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Examples;
import dev.lockstep.fuzz.FuzzTarget;
import dev.lockstep.fuzz.Fuzzed;
import dev.lockstep.fuzz.FuzzedFolder;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.TrainingState;
import dev.lockstep.model.TrainingStateFile;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a training that was interrupted, for a coverage-guided fuzzer: an input is the
 * content of one; the others are sound.
 */
public enum CheckpointFuzz implements FuzzTarget {
  SCENARIO("scenario.json"),
  BACKEND("backend.json"),
  STATE("state.npz"),
  /** What a state says that it belongs to, in a state that is sound otherwise. */
  ORIGIN("state.npz") {
    @Override
    public List<byte[]> seeds() {
      return List.of(Origin.of(SCENARIO_OF_ALL, DATA).text().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    byte[] content(byte[] input) {
      return state(new String(input, StandardCharsets.UTF_8));
    }
  };

  private static final Scenario SCENARIO_OF_ALL =
      new Scenario(
          new DataSource.EmbeddedDigits(),
          List.of(2),
          Activation.TANH,
          new Initialization.EqualUnits(),
          new LearningRate.Uniform(0.1),
          2,
          3,
          11);

  private static final Dataset DATA = new Dataset("data", 1, 2, rows(4), rows(2));

  private static final Workload WORKLOAD = SCENARIO_OF_ALL.prepare(DATA);
  private static final ScalarBackend SCALAR = new ScalarBackend();
  private static final Trainer TRAINER = SCALAR.open(WORKLOAD, new Resources(1));
  private static final FuzzedFolder FOLDER = new FuzzedFolder("-checkpoint", soundFiles());

  /** Opened once, because its lock takes longer than its files. */
  private static final Checkpoints BEGUN = Checkpoints.reopen(FOLDER.path());

  private final String file;

  CheckpointFuzz(String file) {
    this.file = file;
  }

  private static Examples rows(int count) {
    float[] features = new float[count];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      features[i] = i;
      labels[i] = i % 2;
    }
    return new Examples(features, labels, 1);
  }

  private static Map<String, byte[]> soundFiles() {
    Path folder = Fuzzed.path("-sound-checkpoint");
    try (Checkpoints checkpoints = Checkpoints.create(folder)) {
      checkpoints.begin(SCENARIO_OF_ALL, DATA, SCALAR.name(), TRAINER);
    }
    Map<String, byte[]> files = new HashMap<>();
    for (CheckpointFuzz each : List.of(SCENARIO, BACKEND, STATE)) {
      files.put(each.file, taken(folder.resolve(each.file)));
    }
    folder.toFile().deleteOnExit();
    return files;
  }

  private static byte[] taken(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      Files.delete(file);
      return content;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] state(String origin) {
    Path file = Fuzzed.path("-state.npz");
    TrainingStateFile.write(
        file, new TrainingState(WORKLOAD.initial(), TRAINER.moments(), 0), origin);
    return taken(file);
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(FOLDER.sound().get(file));
  }

  byte[] content(byte[] input) {
    return input;
  }

  @Override
  public void accept(byte[] input) {
    FOLDER.check(Map.of(file, content(input)), input.length, _ -> resume());
  }

  /** As the command does it, but with data of its own, whatever the scenario names. */
  private static void resume() {
    BEGUN.scenario();
    BEGUN.requireSameProgram(BEGUN.backend().name());
    BEGUN.restore(TRAINER, WORKLOAD, SCALAR.elementBytes());
  }
}
