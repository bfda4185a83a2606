package dev.lockstep.bench.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.cells.FaultyBackend;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.data.Examples;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Workload;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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

  /** Before the first step no network works, random or not; that refutes nothing. */
  @Test
  void withoutTrainingNothingIsShown() {
    Stage none = stage(VECTOR, 0);
    assertThat(List.of(new OneUnit().on(none), new Determinism().on(none)))
        .allSatisfy(
            finding -> {
              assertThat(finding.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
              assertThat(finding.reason()).startsWith("not enough steps (0 of 33 rows, usually ");
            });
  }

  private static List<Finding> findings(Stage stage) {
    return Textbook.CLAIMS.stream().map(claim -> Textbook.on(claim, stage)).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 20})
  void aStudyOfFewStepsRefutesNothing(int steps) {
    List<Finding> findings = findings(stage(VECTOR, steps));
    assertThat(findings)
        .extracting(Finding::verdict)
        .doesNotContain(Verdict.DIFFERS)
        .contains(Verdict.AGREES, Verdict.INCONCLUSIVE);
    assertThat(findings)
        .filteredOn(finding -> finding.verdict() == Verdict.INCONCLUSIVE)
        .allSatisfy(finding -> assertThat(finding.reason()).startsWith("not enough steps ("));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void aStudyOfFewUnitsRefutesNothing(int width) {
    List<Finding> findings =
        findings(
            new Stage(VECTOR, TWO, new DataSource.EmbeddedDigits(), DIGITS, width, 33, 400, 11));
    assertThat(findings).extracting(Finding::verdict).doesNotContain(Verdict.DIFFERS);
    assertThat(findings)
        .filteredOn(finding -> finding.verdict() == Verdict.INCONCLUSIVE)
        .isNotEmpty()
        .allSatisfy(finding -> assertThat(finding.reason()).startsWith("not enough units ("));
  }

  /** Rows of two features and three classes that depend on nothing. */
  private static Dataset made(float least, float range) {
    SplittableRandom random = new SplittableRandom(5);
    float[] features = new float[2 * 120];
    int[] labels = new int[120];
    for (int i = 0; i < features.length; i++) {
      features[i] = least + range * random.nextFloat();
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = random.nextInt(3);
    }
    Examples all = new Examples(features, labels, 2);
    return new Dataset("made", 2, 3, all, all);
  }

  /** What the data cannot show: nothing to learn, constant features, saturated units, overflow. */
  @ParameterizedTest
  @CsvSource({"0,1", "0,0", "0.5,0", "2000,5000", "0,1e-4", "1e30,1e30"})
  void dataThatCannotShowAClaimRefuteNothing(float least, float range) {
    Dataset data = made(least, range);
    Stage stage = new Stage(VECTOR, TWO, new DataSource.EmbeddedDigits(), data, 9, 33, 40, 11);
    assertThat(findings(stage)).extracting(Finding::verdict).doesNotContain(Verdict.DIFFERS);
    Stage broken =
        new Stage(new FaultyBackend(VECTOR, 1), TWO, stage.source(), data, 9, 33, 40, stage.seed());
    assertThat(new EqualUnits().on(broken).verdict()).isEqualTo(Verdict.DIFFERS);
  }

  /** A backend that trains in lockstep from other weights than it is given. */
  private record Eager(Backend sound) implements DelegatingBackend {
    @Override
    public String name() {
      return "eager";
    }

    @Override
    public Trainer open(Workload given, Resources resources) {
      Stage stage =
          new Stage(sound, TWO, new DataSource.EmbeddedDigits(), given.data(), 9, 33, 1, 1);
      return sound.open(
          new Workload(
              given.network(),
              stage.workload(new Initialization.EqualUnits()).initial(),
              given.loss(),
              given.noise(),
              given.optimizer(),
              given.data(),
              given.batch(),
              given.seed()),
          resources);
    }
  }

  /** From zero weights nothing moves before features that are zero, or a balanced batch. */
  @Test
  void zeroWeightsNeedFeaturesAndUnbalancedClasses() {
    Stage zeros =
        new Stage(VECTOR, TWO, new DataSource.EmbeddedDigits(), made(0, 0), 9, 33, 40, 11);
    assertThat(new ZeroWeights().on(zeros).reason())
        .isEqualTo(
            "all features of the rows of step 3 are zero, or too small for products in binary32");
    Examples two = new Examples(new float[] {1, 2}, new int[] {0, 1}, 1);
    Dataset balanced = new Dataset("made", 1, 2, two, two);
    Stage stage = new Stage(VECTOR, TWO, zeros.source(), balanced, 9, 2, 40, 11);
    assertThat(new ZeroWeights().on(stage).reason())
        .isEqualTo(
            "the rows of the first step have each class equally often, so that their gradients"
                + " add up to zero");
    Stage eager = new Stage(new Eager(VECTOR), TWO, zeros.source(), zeros.data(), 9, 33, 40, 11);
    assertThat(new ZeroWeights().on(eager).verdict()).isEqualTo(Verdict.DIFFERS);
    // What moves too early is wrong on any data.
    Stage broken =
        new Stage(new FaultyBackend(VECTOR, 1), TWO, zeros.source(), zeros.data(), 9, 33, 40, 11);
    assertThat(new ZeroWeights().on(broken).verdict()).isEqualTo(Verdict.DIFFERS);
  }

  private static JsonNode json(Textbook textbook) {
    Provenance provenance = new Provenance(Map.of(), List.of(), List.of());
    return JsonFile.tree(TextbookJson.of(textbook, provenance, null));
  }

  private static String text(Textbook textbook) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TextbookText.print(
        textbook, new Printer(new PrintStream(bytes, true, StandardCharsets.UTF_8), 200));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void textAndJsonSayTheSame() {
    Textbook textbook = textbook(VECTOR);
    String text = text(textbook);
    JsonNode json = json(textbook);
    assertThat(json.get("results")).hasSameSizeAs(Textbook.CLAIMS);
    for (JsonNode result : json.get("results")) {
      assertThat(text).contains(result.get("claim").stringValue());
      for (JsonNode figure : result.get("figures")) {
        assertThat(text).contains(figure.get("name").stringValue());
      }
    }
    assertThat(text).contains("7 of 7 claims hold.");
    Textbook shortened =
        new Textbook(
            Textbook.on(
                "digits",
                List.of(Candidate.of(VECTOR, TWO)),
                each -> stage(each.backend(), 1),
                () -> {}));
    assertThat(shortened.exitCode()).isEqualTo(1);
    assertThat(text(shortened))
        .contains("    INCONCLUSIVE on vector: not enough steps (1 of 33 rows, ")
        .contains("of 7 claims hold; 3 neither shown nor refuted.")
        .doesNotContain("DOES NOT HOLD");
    assertThat(json(shortened).get("results").get(2).get("reason").stringValue())
        .startsWith("not enough steps (");
    assertThat(json.get("results").get(1).get("figures").get(0).get("values").toString())
        .isEqualTo("[null,null,null,null,null,1.0]");
  }
}
