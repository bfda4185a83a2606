package dev.lockstep.bench.study;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.scenario.DataSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Small studies of units, on inputs that form no square. */
public final class WrittenUnits {

  static final Resources ONE = new Resources(1);
  static final Backend VECTOR = Backends.named("test", "vector");

  private WrittenUnits() {}

  /** Writes a study of two units. */
  public static void write(Path file) {
    JsonFile.write(file, study(2, 3, VECTOR));
  }

  static UnitExperiment experiment(int width, int steps) {
    return experiment("teacher:7x3", width, steps);
  }

  static UnitExperiment experiment(String data, int width, int steps) {
    DataSource source = DataSource.parse("test", data);
    return new UnitExperiment(source, source.load(1), width, 7, steps, 1, 2);
  }

  static UnitStudy study(int width, int steps, Backend... backends) {
    return study(experiment(width, steps), backends);
  }

  static UnitStudy study(UnitExperiment experiment, Backend... backends) {
    List<Candidate> candidates =
        Arrays.stream(backends).map(backend -> Candidate.of(backend, ONE)).toList();
    return experiment.on(candidates, ONE, () -> {});
  }
}
