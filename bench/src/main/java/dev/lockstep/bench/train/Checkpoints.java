package dev.lockstep.bench.train;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.external.Programs;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.data.Dataset;
import dev.lockstep.input.InputException;
import dev.lockstep.model.TrainingState;
import dev.lockstep.model.TrainingStateFile;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioFile;
import dev.lockstep.scenario.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder from which an interrupted training resumes: {@value #STATE}, the last saved state and
 * what it belongs to; {@value #BACKEND}; and {@value #SCENARIO}, written last at the beginning.
 *
 * <p>Each file is replaced atomically; a kill loses only the steps after the last save. A lock
 * admits one training at a time.
 */
final class Checkpoints implements AutoCloseable {
  private static final String SCENARIO = "scenario.json";
  private static final String BACKEND = "backend.json";
  private static final String STATE = "state.npz";
  private static final String PROGRAM = "program-sha256";
  private static final int SCHEMA = 2;

  private static final OutputFolder.Form FORM =
      new OutputFolder.Form(
          SCENARIO, Set.of(BACKEND, STATE), "expected an empty one; --resume continues a training");

  private final OutputFolder folder;
  private @Nullable Origin origin;

  private Checkpoints(OutputFolder folder) {
    this.folder = folder;
  }

  /**
   * Begins a folder, or begins again one in which no training had begun.
   *
   * @throws InputException if it cannot be created, is locked or is not empty
   */
  static Checkpoints create(Path folder) {
    return new Checkpoints(OutputFolder.begin("--checkpoint", folder, FORM));
  }

  /**
   * Opens the folder of a training that has begun.
   *
   * @throws InputException if it holds none or is locked
   */
  static Checkpoints reopen(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InputException("--resume", "folder", folder, "which does not exist");
    }
    return new Checkpoints(OutputFolder.reopen("--resume", folder, FORM));
  }

  private Path file(String name) {
    return folder.path().resolve(name);
  }

  /** Writes the initial state, the backend and the scenario. */
  void begin(Scenario scenario, Dataset data, String backend, Trainer trainer) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", SCHEMA);
    json.put("backend", backend);
    String digest = Programs.digestOf(backend);
    if (!digest.isEmpty()) {
      json.put(PROGRAM, digest);
    }
    origin = Origin.of(scenario, data);
    save(trainer);
    folder.write(BACKEND, JsonFile.text(json));
    folder.write(SCENARIO, JsonFile.text(ScenarioFile.json(scenario)));
    folder.keep();
  }

  /** Saves the trainer's state. */
  void save(Trainer trainer) {
    if (origin == null) {
      throw new IllegalStateException("the training has neither begun nor been resumed");
    }
    TrainingStateFile.write(
        file(STATE),
        new TrainingState(trainer.parameters(), trainer.moments(), trainer.step()),
        origin.text());
  }

  /**
   * Reads the scenario.
   *
   * @throws InputException if it is missing, damaged, or not that of the saved state except in the
   *     number of steps
   */
  Scenario scenario() {
    Scenario scenario = ScenarioFile.read(file(SCENARIO));
    Path state = file(STATE);
    Origin saved = Origin.read(state.toString(), TrainingStateFile.origin(state));
    saved.require(state, file(SCENARIO), scenario);
    origin = saved;
    return scenario;
  }

  /**
   * Finds the backend that began the training.
   *
   * @throws InputException if it is missing, damaged or unknown
   */
  Backend backend() {
    return Backends.named(file(BACKEND).toString(), backendName());
  }

  private String backendName() {
    JsonNode name = described().path("backend");
    if (!name.isString()) {
      throw new InputException(file(BACKEND).toString(), "backend", name, "expected a name");
    }
    return name.stringValue();
  }

  /** The fault that the backend that began the training cannot go on with it. */
  InputException cannotRun(String reason) {
    return new InputException(
        file(BACKEND).toString(),
        "backend",
        backendName(),
        "which cannot run here (" + reason + "); --backend chooses another one");
  }

  /**
   * Checks that a program is the same as before, by its digest; the folder does not keep its
   * command.
   *
   * @param backend the name of the backend that is to resume the training
   * @throws InputException if the backend is the same program by name but not by digest
   */
  void requireSameProgram(String backend) {
    String then = described().path(PROGRAM).asString("");
    if (backend.equals(backendName()) && !then.equals(Programs.digestOf(backend))) {
      throw new InputException(
          file(BACKEND).toString(),
          PROGRAM,
          then.isEmpty() ? "missing" : then,
          "which is not that of --program " + backend + " as it is given now");
    }
  }

  private JsonNode described() {
    Path file = file(BACKEND);
    JsonNode json = JsonFile.tree(file);
    JsonNode schema = json.path("schema");
    if (!schema.isInt() || schema.intValue() != SCHEMA) {
      throw new InputException(file.toString(), "schema", schema, "expected " + SCHEMA);
    }
    return json;
  }

  /**
   * Restores the last saved state.
   *
   * @param elementBytes the bytes of one of the trainer's numbers; the state's must be equal
   * @throws InputException if the state is damaged or does not fit the workload, its data or the
   *     trainer
   */
  void restore(Trainer trainer, Workload workload, int elementBytes) {
    Path file = file(STATE);
    if (origin == null) {
      throw new IllegalStateException("the scenario has not been read");
    }
    origin.requireData(file, workload.data());
    TrainingState state =
        TrainingStateFile.read(file, workload.network(), workload.optimizer().rule());
    int bytes = state.parameters().elementBytes();
    if (bytes != elementBytes) {
      throw new InputException(
          file.toString(),
          "precision",
          "float" + 8 * bytes,
          "but the backend computes in float" + 8 * elementBytes + "; choose another --backend");
    }
    trainer.restore(state.parameters(), state.moments(), state.step());
  }

  @Override
  public void close() {
    folder.close();
  }
}
