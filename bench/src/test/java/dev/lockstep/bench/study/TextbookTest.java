package dev.lockstep.bench.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.Candidate;
import dev.lockstep.bench.check.FaultyBackend;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Workload;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class TextbookTest {

  private static final Backend SCALAR = Backends.named("test", "scalar");
  private static final Backend VECTOR = Backends.named("test", "vector");
  private static final Dataset DIGITS = Digits.load();
  private static final Resources TWO = new Resources(2);

  private static Stage stage(Backend backend, int steps) {
    return new Stage(backend, TWO, new DataSource.EmbeddedDigits(), DIGITS, 33, 33, steps, 11);
  }

  private static Textbook textbook(Backend... backends) {
    List<Candidate> candidates =
        java.util.Arrays.stream(backends).map(backend -> Candidate.of(backend, TWO)).toList();
    return new Textbook(
        Textbook.on("digits", candidates, each -> stage(each.backend(), 200), () -> {}));
  }

  /** Two exact backends find the same figures, and so share every line. */
  @Test
  void everyClaimHolds() {
    Textbook textbook = textbook(SCALAR, VECTOR);
    assertThat(textbook.results()).hasSameSizeAs(Textbook.CLAIMS);
    for (Textbook.Result result : textbook.results()) {
      assertThat(result.finding().verdict())
          .as(result.claim().sentence())
          .isEqualTo(Verdict.AGREES);
      assertThat(result.backends()).containsExactly("scalar", "vector");
    }
    assertThat(textbook.exitCode()).isZero();
  }

  /** One ulp in one weight after the first step is enough for the first two. */
  @Test
  void aKernelThatSetsOneUnitApartRefutesThem() {
    Backend faulty = new FaultyBackend(VECTOR, 1);
    assertThat(new EqualUnits().on(stage(faulty, 5)).verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(new ZeroWeights().on(stage(faulty, 5)).verdict()).isEqualTo(Verdict.DIFFERS);
    Textbook textbook = textbook(VECTOR, faulty);
    assertThat(textbook.exitCode()).isEqualTo(1);
    assertThat(textbook.results().getFirst().backends()).containsExactly("vector");
    assertThat(textbook.results().get(1).backends()).containsExactly("faulty");
  }

  /** A backend that trains without the noise it is given. */
  private record Deaf(Backend sound) implements DelegatingBackend {
    @Override
    public String name() {
      return "deaf";
    }

    @Override
    public Trainer open(Workload workload, Resources resources) {
      return sound.open(workload.with(UnitNoise.none()), resources);
    }
  }

  @Test
  void aBackendThatIgnoresNoiseRefutesThatItBreaksLockstep() {
    assertThat(new BrokenByNoise().on(stage(new Deaf(VECTOR), 20)).verdict())
        .isEqualTo(Verdict.DIFFERS);
  }

  @Test
  void whatDidNotMoveShowsNothing() {
    Stage none = stage(VECTOR, 0);
    assertThat(new EqualUnits().on(none).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  /** Before the first step no network works, random or not. */
  @Test
  void withoutTrainingNothingIsShown() {
    Stage none = stage(VECTOR, 0);
    assertThat(new OneUnit().on(none).verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(new Determinism().on(none).verdict()).isEqualTo(Verdict.DIFFERS);
  }

  @Test
  void textAndJsonSayTheSame() {
    Textbook textbook = textbook(VECTOR);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TextbookText.print(
        textbook, new Printer(new PrintStream(bytes, true, StandardCharsets.UTF_8), 200));
    String text = bytes.toString(StandardCharsets.UTF_8);
    JsonNode json = TextbookJson.of(textbook, 0);
    assertThat(json.get("results")).hasSameSizeAs(Textbook.CLAIMS);
    for (JsonNode result : json.get("results")) {
      assertThat(text).contains(result.get("claim").stringValue());
      for (JsonNode figure : result.get("figures")) {
        assertThat(text).contains(figure.get("name").stringValue());
      }
    }
    assertThat(text).contains("7 of 7 claims hold.");
    assertThat(json.get("results").get(1).get("figures").get(0).get("values").toString())
        .isEqualTo("[null,null,null,null,null,1.0]");
  }
}
