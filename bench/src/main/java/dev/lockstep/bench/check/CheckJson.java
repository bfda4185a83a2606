package dev.lockstep.bench.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.cells.Agreement;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.Interruption;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.cells.Spread;
import dev.lockstep.bench.cells.ZeroStart;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.machine.RecordedVariables;
import dev.lockstep.scenario.ScenarioFile;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON report of a check. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckJson(
    int schema,
    Verdict verdict,
    int exitCode,
    List<String> faults,
    @Nullable String advice,
    List<String> notShown,
    List<String> findings,
    CheckReport.Cuda cuda,
    Map<String, String> variables,
    List<AskedFor> backends,
    Products exactData,
    Experiment.Besides<ZeroStart.Result> zeroWeights,
    List<Trained> cells) {

  static final int SCHEMA = 1;

  /** A backend that was asked for. */
  record AskedFor(String name, String kind, String availability, String hardware) {
    static AskedFor of(Candidate backend) {
      return new AskedFor(
          backend.name(),
          backend.kind().label(),
          backend.verdict().orElse("AVAILABLE"),
          backend.hardware().name());
    }
  }

  /** The products of exact data. */
  record Products(List<Product> outcomes, List<Interruption> interruptions) {}

  /** One backend's products of exact data. */
  record Product(String backend, @JsonUnwrapped Compared agreement) {}

  /** The results of one cell. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Trained(
      String name,
      String network,
      JsonNode scenario,
      @Nullable Double oneUnitTestAccuracy,
      List<Ran> outcomes,
      List<Interruption> interruptions) {

    static Trained of(CellResult result) {
      return new Trained(
          result.cell().name(),
          result.network().toString(),
          ScenarioFile.json(result.scenario()),
          result.narrowAccuracy(),
          result.outcomes().stream().map(Ran::of).toList(),
          result.interruptions());
    }
  }

  /** One backend's result in a cell. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Ran(
      String backend,
      Verdict verdict,
      @Nullable String complaint,
      @Nullable String finding,
      int steps,
      String lockstep,
      Apart afterFirstStep,
      Apart afterLastStep,
      List<Compared> agreements,
      double testAccuracy,
      String testLoss,
      double seconds) {

    static Ran of(Outcome outcome) {
      return new Ran(
          outcome.backend(),
          outcome.verdict(),
          outcome.complaint().orElse(null),
          outcome.splitFinding().or(outcome::finding).orElse(null),
          outcome.steps(),
          outcome.lockstep().toString(),
          Apart.of(outcome.atFirst()),
          Apart.of(outcome.atLast()),
          outcome.agreements().stream().map(Compared::of).toList(),
          outcome.evaluation().accuracy(),
          number(outcome.evaluation().loss()),
          outcome.seconds());
    }
  }

  /** How far units are apart. */
  record Apart(long units, long classes, String relativeSpread) {
    static Apart of(Spread spread) {
      return new Apart(spread.units(), spread.classes(), number(spread.relativeSpread()));
    }
  }

  /** A comparison with the reference backend. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Compared(
      String tier,
      Verdict verdict,
      @Nullable Integer productsCompared,
      @Nullable Integer stepsCompared,
      String shareOfBound,
      String reason,
      @Nullable String difference) {

    static Compared of(Agreement agreement) {
      boolean products = agreement.tier() == Tier.EXACT_DATA;
      Difference difference = agreement.difference();
      return new Compared(
          agreement.tier().label(),
          agreement.verdict(),
          products ? agreement.steps() : null,
          products ? null : agreement.steps(),
          number(agreement.share()),
          agreement.reason(),
          difference == null ? null : difference.toString());
    }
  }

  /** Returns the report as a JSON tree. */
  public static ObjectNode of(CheckReport report, int exitCode) {
    CheckJson all =
        new CheckJson(
            SCHEMA,
            report.verdict(),
            exitCode,
            sentences(report.faults()),
            report.advice().sentence().orElse(null),
            report.notShown(),
            sentences(report.findings()),
            report.cuda(),
            RecordedVariables.ofThisProcess().values(),
            report.chosen().stream().map(AskedFor::of).toList(),
            new Products(
                report.exactData().outcomes().stream()
                    .map(result -> new Product(result.backend(), Compared.of(result.agreement())))
                    .toList(),
                report.exactData().interruptions()),
            report.zeroStart(),
            report.results().stream().map(Trained::of).toList());
    return (ObjectNode) JsonFile.tree(all);
  }

  private static List<String> sentences(List<CheckReport.Remark> remarks) {
    return remarks.stream().map(CheckReport.Remark::toString).toList();
  }

  /** Returns the number as text, because JSON has no infinities. */
  private static String number(double value) {
    return Double.toString(value);
  }
}
