package dev.lockstep.bench.train;

import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.external.Programs;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.input.InputException;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.TrainingState;
import dev.lockstep.model.TrainingStateFile;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioFile;
import dev.lockstep.scenario.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A folder that a training goes on from after it was ended, however it was ended: the scenario and
 * the backend, written when it begins, and the last state that was saved.
 *
 * <p>Each file is replaced in one step, so that at any moment it is whole: what a kill loses is
 * what came after the last save.
 *
 * @param folder holds {@value #SCENARIO}, {@value #BACKEND} and {@value #STATE}
 */
record Checkpoints(Path folder) {
  private static final String SCENARIO = "scenario.json";
  private static final String BACKEND = "backend.json";
  private static final String STATE = "state.npz";
  private static final String PROGRAM = "program-sha256";
  private static final int SCHEMA = 1;

  /** Begins a training: the state is that of its first step. */
  void begin(Scenario scenario, String backend, Trainer trainer) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", SCHEMA);
    json.put("backend", backend);
    String digest = Programs.digestOf(backend);
    if (!digest.isEmpty()) {
      json.put(PROGRAM, digest);
    }
    save(trainer);
    JsonFile.write(folder.resolve(BACKEND), json);
    JsonFile.write(folder.resolve(SCENARIO), ScenarioFile.json(scenario));
  }

  /** Replaces the state by the trainer's. */
  void save(Trainer trainer) {
    TrainingStateFile.write(
        folder.resolve(STATE),
        new TrainingState(trainer.parameters(), trainer.moments(), trainer.step()));
  }

  /**
   * What was trained.
   *
   * @throws InputException if there is none, or it is damaged
   */
  Scenario scenario() {
    if (!Files.isDirectory(folder)) {
      throw new InputException("--resume", "folder", folder, "which does not exist");
    }
    return ScenarioFile.read(folder.resolve(SCENARIO));
  }

  /**
   * The backend that trained it.
   *
   * @throws InputException if it is not told
   */
  String backend() {
    Path file = folder.resolve(BACKEND);
    JsonNode name = described(file).path("backend");
    if (!name.isString()) {
      throw new InputException(file.toString(), "backend", name, "expected a name");
    }
    return name.stringValue();
  }

  /**
   * Checks that a program is the one that trained it: its command is not kept here, only a digest.
   *
   * @param backend the one that is to go on
   * @throws InputException if it is another, or none has been given
   */
  void requireSameProgram(String backend) {
    Path file = folder.resolve(BACKEND);
    String then = described(file).path(PROGRAM).asString("");
    if (backend.equals(backend()) && !then.equals(Programs.digestOf(backend))) {
      throw new InputException(
          file.toString(),
          PROGRAM,
          then.isEmpty() ? "missing" : then,
          "which is not that of --program " + backend + " as it is given now");
    }
  }

  private static JsonNode described(Path file) {
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
      JsonNode schema = json.path("schema");
      if (!schema.isInt() || schema.intValue() != SCHEMA) {
        throw new InputException(file.toString(), "schema", schema, "expected " + SCHEMA);
      }
      return json;
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    } catch (JacksonException e) {
      throw new InputException(
          file.toString(), "content", "not JSON", String.valueOf(e.getOriginalMessage()));
    }
  }

  /**
   * Sets a trainer to the last state saved.
   *
   * @param elementBytes of the trainer's numbers, which have to be the state's
   * @throws InputException if the state does not fit the workload, or is damaged
   */
  void restore(Trainer trainer, Workload workload, int elementBytes) {
    Path file = folder.resolve(STATE);
    TrainingState state =
        TrainingStateFile.read(file, workload.network(), workload.optimizer().rule());
    Parameters parameters = state.parameters();
    int bytes = parameters.elementBytes();
    if (bytes != elementBytes) {
      throw new InputException(
          file.toString(),
          "precision",
          "float" + 8 * bytes,
          "but the backend computes in float" + 8 * elementBytes + "; choose another --backend");
    }
    List<Parameters> moments = state.moments();
    trainer.restore(parameters, moments, state.step());
  }
}
