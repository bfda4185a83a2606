package dev.lockstep.bench.train;

import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.external.Programs;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.input.InputException;
import dev.lockstep.model.TrainingState;
import dev.lockstep.model.TrainingStateFile;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioFile;
import dev.lockstep.scenario.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder from which an interrupted training resumes: the scenario and the backend, written at
 * the beginning, and the last saved state.
 *
 * <p>Each file is replaced atomically; a kill loses only the steps after the last save.
 *
 * @param folder holds {@value #SCENARIO}, {@value #BACKEND} and {@value #STATE}
 */
record Checkpoints(Path folder) {
  private static final String SCENARIO = "scenario.json";
  private static final String BACKEND = "backend.json";
  private static final String STATE = "state.npz";
  private static final String PROGRAM = "program-sha256";
  private static final int SCHEMA = 1;

  /** Writes the initial state, the backend and the scenario. */
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

  /** Saves the trainer's state. */
  void save(Trainer trainer) {
    TrainingStateFile.write(
        folder.resolve(STATE),
        new TrainingState(trainer.parameters(), trainer.moments(), trainer.step()));
  }

  /**
   * Reads the scenario.
   *
   * @throws InputException if it is missing or damaged
   */
  Scenario scenario() {
    if (!Files.isDirectory(folder)) {
      throw new InputException("--resume", "folder", folder, "which does not exist");
    }
    return ScenarioFile.read(folder.resolve(SCENARIO));
  }

  /**
   * Reads the name of the backend.
   *
   * @throws InputException if it is missing or damaged
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
   * Checks that a program is the same as before, by its digest; the folder does not keep its
   * command.
   *
   * @param backend the name of the backend that is to resume the training
   * @throws InputException if the backend is the same program by name but not by digest
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
   * Restores the last saved state.
   *
   * @param elementBytes the bytes of one of the trainer's numbers; the state's must be equal
   * @throws InputException if the state is damaged or does not fit the workload or the trainer
   */
  void restore(Trainer trainer, Workload workload, int elementBytes) {
    Path file = folder.resolve(STATE);
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
}
