package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.cpu.DoubleBackend;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.program.Arithmetic;
import dev.lockstep.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden files are complete; what they have of exact backends is for the contract. */
final class GoldenFileTest {

  private static final List<Scenario> SCENARIOS =
      GoldenScenario.all().map(GoldenScenario::scenario).toList();

  /** Only when asked to, as {@link GoldenFile} says; the files are read in the next build. */
  @BeforeAll
  static void record() throws IOException {
    if (System.getProperty("lockstep.golden", "").equals("record")) {
      GoldenFile.CANONICAL.record(new ScalarBackend());
      GoldenFile.DOUBLE.record(new DoubleBackend());
      GoldenFile.recordVersion();
    }
  }

  /** Other bits are another version, so that no training goes on with them. */
  @Test
  void recordedBitsAreThoseOfTheVersion() throws IOException {
    assertThat(GoldenFile.versionNow(file -> GoldenFile.lines("golden/" + file)))
        .isEqualTo(GoldenFile.version());
    assertThat(Files.readString(Path.of("ARITHMETIC.md")))
        .contains("\nVersion " + Arithmetic.VERSION + ".");
  }

  @ParameterizedTest
  @EnumSource
  void everyScenarioIsRecorded(GoldenFile file) {
    assertThat(file.read().keySet())
        .containsExactlyInAnyOrderElementsOf(GoldenScenario.all().toList())
        .hasSizeGreaterThanOrEqualTo(40)
        .extracting(GoldenScenario::name)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.backend.GoldenScenario#all")
  void bitsOfDoubleAreAsRecorded(GoldenScenario scenario) {
    GoldenFile.DOUBLE.compare(new DoubleBackend(), scenario);
  }

  @ParameterizedTest
  @EnumSource
  void everyActivationIsThere(Activation activation) {
    for (Loss loss : Loss.values()) {
      assertThat(SCENARIOS).anyMatch(s -> s.activation() == activation && s.loss() == loss);
    }
    assertThat(SCENARIOS).anyMatch(s -> s.activation() == activation && s.noise() > 0);
  }

  @Test
  void everyRuleIsThereWithAndWithoutDecay() {
    everyKind(Rule.class, s -> s.learning().rule(), s -> s.learning().decay() > 0);
    everyKind(Rule.class, s -> s.learning().rule(), s -> s.learning().decay() == 0);
  }

  @Test
  void everyScheduleAndKindOfRateIsThere() {
    everyKind(Schedule.class, s -> s.learning().schedule(), s -> true);
    everyKind(LearningRate.class, s -> s.learning().rate(), s -> true);
  }

  /** But for that from a file, whose parameters are not the project's. */
  @Test
  void everyInitializationIsThere() {
    Set<Class<?>> drawn = new HashSet<>(kinds(Initialization.class));
    drawn.remove(Initialization.FromFile.class);
    assertThat(SCENARIOS.stream().map(Scenario::initialization).<Class<?>>map(Object::getClass))
        .containsAll(drawn);
    for (Initialization.Distribution distribution : Initialization.Distribution.values()) {
      assertThat(SCENARIOS)
          .extracting(Scenario::initialization)
          .contains(
              new Initialization.Glorot(distribution),
              new Initialization.He(distribution),
              new Initialization.LeCun(distribution));
    }
  }

  private static <T> void everyKind(
      Class<T> type, Function<Scenario, T> field, Predicate<Scenario> among) {
    assertThat(SCENARIOS.stream().filter(among).map(field).map(Object::getClass))
        .containsAll(kinds(type));
  }

  private static Set<Class<?>> kinds(Class<?> sealed) {
    return Arrays.stream(sealed.getPermittedSubclasses()).collect(Collectors.toSet());
  }

  /** Some stop after updates; one cannot even start. */
  @Test
  void someStop() {
    Set<String> steps =
        GoldenFile.CANONICAL.read().values().stream()
            .map(run -> run.parts().get(GoldenRun.Part.STOPPED))
            .collect(Collectors.toSet());
    assertThat(steps).contains("-", "0", "1", "2");
  }
}
