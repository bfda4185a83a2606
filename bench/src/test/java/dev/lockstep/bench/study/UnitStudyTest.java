package dev.lockstep.bench.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Backends;
import dev.lockstep.bench.Schemas;
import dev.lockstep.bench.cells.FaultyBackend;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** A study as JSON: written, read back, and refused if it contradicts itself. */
final class UnitStudyTest {

  @TempDir Path folder;

  private UnitStudy read(JsonNode json) {
    Path file = folder.resolve("units.json");
    JsonFile.write(file, json);
    return UnitStudy.read(file);
  }

  @ParameterizedTest
  @CsvSource({"teacher:7x3, 2, 1", "teacher:7x3, 7, 12", "teacher:1x2, 33, 3", "digits, 33, 2"})
  void whatIsWrittenIsReadBack(String data, int width, int steps) {
    UnitStudy study =
        WrittenUnits.study(WrittenUnits.experiment(data, width, steps), WrittenUnits.VECTOR);
    JsonNode json = JsonFile.tree(study);
    assertThat(read(json)).isEqualTo(study);
    Schemas.requireConforming("units", json);
  }

  @Test
  void theSchemaSaysWhatIsWritten() {
    Schemas.requireExactly("units", JsonFile.tree(WrittenUnits.study(2, 1, WrittenUnits.VECTOR)));
  }

  /** A relative spread is infinite if the mean of the units is zero. */
  @Test
  void anInfiniteSpreadIsNull() {
    JsonNode json = JsonFile.tree(WrittenUnits.study(2, 1, WrittenUnits.VECTOR));
    ((ObjectNode) json.at("/random/moments/0")).set("spread", NullNode.getInstance());
    assertThat(read(json).random().moments().getFirst().spread()).isNull();
    Schemas.requireConforming("units", json);
  }

  @Test
  void exactBackendsAgree() {
    UnitStudy study =
        WrittenUnits.study(7, 5, WrittenUnits.VECTOR, Backends.named("test", "scalar"));
    assertThat(study.backends()).containsExactly("vector", "scalar");
    assertThat(study.differing()).isEmpty();
    assertThat(study.exitCode()).isZero();
  }

  /** One ulp in one weight of the copies, and of the random units, between two looks. */
  @Test
  void aBackendThatDiffersIsAFault() {
    UnitStudy study =
        WrittenUnits.study(7, 5, WrittenUnits.VECTOR, new FaultyBackend(WrittenUnits.VECTOR, 4));
    assertThat(study.backends()).containsExactly("vector");
    assertThat(study.differing())
        .singleElement()
        .asString()
        .startsWith("faulty differs from vector: ")
        .contains("step 5");
    assertThat(study.equal().moments().getLast().weights()).hasSize(1);
    assertThat(study.exitCode()).isEqualTo(1);
    assertThat(read(JsonFile.tree(study))).isEqualTo(study);
  }

  /** The first backend trains everything, so nobody differs from it. */
  @Test
  void copiesThatComeApartAreAFault() {
    UnitStudy study = WrittenUnits.study(7, 3, new FaultyBackend(WrittenUnits.VECTOR, 2));
    assertThat(study.differing()).isEmpty();
    assertThat(study.equal().moments().get(1).classOf()).containsOnly(0);
    assertThat(study.equal().moments().get(2).classOf()).containsExactly(0, 0, 0, 0, 0, 0, 6);
    assertThat(study.equal().moments().get(2).weights()).hasSize(2);
    assertThat(study.exitCode()).isEqualTo(1);
    assertThat(read(JsonFile.tree(study))).isEqualTo(study);
  }

  /** Every list with an element less or more, and every number as text or far outside. */
  @Test
  void noSizeAndNoNumberGoesUnchecked() {
    ObjectNode json = (ObjectNode) JsonFile.tree(WrittenUnits.study(2, 2, WrittenUnits.VECTOR));
    alter(json, json, "");
  }

  private void alter(JsonNode root, JsonNode node, String at) {
    switch (node) {
      case ObjectNode object -> {
        for (String field : object.propertyNames().toArray(String[]::new)) {
          each(root, object.get(field), at + "/" + field, other -> object.set(field, other));
        }
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          int index = i;
          each(root, array.get(i), at + "/" + i, other -> array.set(index, other));
        }
        // These say how many there are; of examples there may be fewer.
        if (!array.isEmpty() && !at.matches("/(examples|seeds|backends)")) {
          JsonNode last = array.remove(array.size() - 1);
          requireRefused(root, at + " without its last");
          array.add(last);
          array.add(last);
          requireRefused(root, at + " with its last twice");
          array.remove(array.size() - 1);
        }
      }
      default -> {}
    }
  }

  private void each(JsonNode root, JsonNode own, String at, Consumer<JsonNode> put) {
    if (own.isNumber()) {
      put.accept(JsonMapper.shared().getNodeFactory().stringNode("NaN"));
      requireRefused(root, at + " as text");
      // Nothing depends on what these are.
      if (!at.matches("/(batch|steps|seed|seeds/\\d+/seed|chance/seeds/\\d|examples/\\d/label)")) {
        put.accept(JsonMapper.shared().getNodeFactory().numberNode(-1_000_000));
        requireRefused(root, at + " below its range");
      }
    } else {
      alter(root, own, at);
    }
    put.accept(own);
  }

  private void requireRefused(JsonNode root, String at) {
    assertThatThrownBy(() -> read(root))
        .as(at)
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve("units.json") + ": ");
  }
}
