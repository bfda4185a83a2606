package dev.lockstep.bench.train;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Examples;
import dev.lockstep.file.Sha256;
import dev.lockstep.input.InputException;
import dev.lockstep.program.Arithmetic;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioFile;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a saved state belongs to. A state goes on only with the same.
 *
 * @param arithmetic {@link Arithmetic#VERSION}
 * @param scenario as in a scenario file
 * @param dataSha256 the digest of the rows and labels
 */
record Origin(int arithmetic, JsonNode scenario, String dataSha256) {

  /** The one field that may change: a training can be made longer. */
  private static final String STEPS = "steps";

  static Origin of(Scenario scenario, Dataset data) {
    return new Origin(Arithmetic.VERSION, ScenarioFile.json(scenario), digest(data));
  }

  /**
   * Reads what a state says.
   *
   * @param source the state's file, for messages
   */
  static Origin read(String source, String text) {
    JsonNode json = JsonFile.tree(source, text.getBytes(StandardCharsets.UTF_8));
    return JsonFile.read(source, json, Origin.class);
  }

  String text() {
    return JsonFile.line(this);
  }

  /**
   * Checks that this state was made by the arithmetic of this version, from a scenario.
   *
   * @param state the state's file, for messages
   * @param file the scenario's file, for messages
   * @throws InputException naming the field and both values
   */
  void require(Path state, Path file, Scenario asked) {
    if (arithmetic != Arithmetic.VERSION) {
      throw new InputException(
          state.toString(),
          "arithmetic",
          "version " + arithmetic,
          "but this Lockstep computes by version " + Arithmetic.VERSION);
    }
    ObjectNode json = ScenarioFile.json(asked);
    for (String field : json.propertyNames()) {
      JsonNode then = scenario.path(field);
      // As text, since the type of a number depends on whether it was read or made.
      if (!field.equals(STEPS) && !json.path(field).toString().equals(then.toString())) {
        throw new InputException(
            file.toString(),
            field,
            json.path(field),
            "but the saved state was trained with " + then);
      }
    }
  }

  /**
   * Checks that the data is that of the saved state.
   *
   * @param state the state's file, for messages
   * @throws InputException if a row or a label is another
   */
  void requireData(Path state, Dataset data) {
    String digest = digest(data);
    if (!digest.equals(dataSha256)) {
      throw new InputException(
          state.toString(),
          "data-sha256",
          dataSha256,
          "but " + data.name() + " has " + digest + " now");
    }
  }

  private static String digest(Dataset data) {
    return HexFormat.of()
        .formatHex(
            Sha256.digest(
                out -> {
                  DataOutputStream numbers = new DataOutputStream(out);
                  write(numbers, data.inputs(), data.classes());
                  for (Examples part : List.of(data.train(), data.test())) {
                    write(numbers, part.labels());
                    for (float feature : part.features()) {
                      numbers.writeInt(Float.floatToRawIntBits(feature));
                    }
                  }
                }));
  }

  private static void write(DataOutputStream out, int... numbers) throws IOException {
    out.writeInt(numbers.length);
    for (int number : numbers) {
      out.writeInt(number);
    }
  }
}
