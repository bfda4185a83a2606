package dev.lockstep.bench.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.ShareHistogram;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.agreement.Visibility;
import dev.lockstep.bench.cells.Agreement;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.Interruption;
import dev.lockstep.bench.cells.LockstepFields;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.cells.ProductErrors;
import dev.lockstep.bench.cells.Spread;
import dev.lockstep.bench.cells.ZeroStart;
import dev.lockstep.bench.check.CheckIssues.Found;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.ci.Issue;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.FieldCheck;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.machine.RecordedVariables;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.ScenarioFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON report of a check. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckJson(
    int schema,
    String kind,
    Verdict verdict,
    String sentence,
    int exitCode,
    List<Told> faults,
    List<Told> notShown,
    List<Told> findings,
    List<Warned> warnings,
    @JsonSetter(nulls = Nulls.SET) @Nullable JsonNode baseline,
    CheckReport.Cuda cuda,
    Map<String, String> variables,
    List<AskedFor> backends,
    Products exactData,
    @JsonSetter(nulls = Nulls.SET) @Nullable Products edgeCases,
    Experiment.Besides<ZeroStart.Result> zeroWeights,
    @JsonSetter(nulls = Nulls.SET) @Nullable OwnOrder ownOrder,
    List<Trained> cells) {

  /**
   * A fault or a finding.
   *
   * @param known whether the baseline lists it; null without a baseline
   * @param repeat the command that repeats the scenario; null if it is none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Told(
      String code,
      String backend,
      String where,
      String text,
      List<String> evidence,
      @JsonSetter(nulls = Nulls.SET) @Nullable Boolean known,
      @JsonSetter(nulls = Nulls.SET) @Nullable String repeat) {

    private static Told of(CheckReport report, @Nullable Set<Issue> known, Found found) {
      CellResult cell = found.cell();
      return new Told(
          found.code().label(),
          found.backend(),
          found.where(),
          found.text(),
          found.evidence(),
          known == null ? null : known.contains(found.issue()),
          cell == null ? null : report.command().apply(cell.cell()));
    }

    static List<Told> of(CheckReport report, List<Found> all) {
      Set<Issue> known = report.baseline().map(judged -> Set.copyOf(judged.known())).orElse(null);
      return all.stream().map(found -> of(report, known, found)).toList();
    }
  }

  /** A {@link Warning}. */
  record Warned(String code, String text) {}

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

  /** The products of exact data, or the edge cases, which files of earlier versions lack. */
  record Products(List<Product> outcomes, List<Interruption> interruptions) {

    static Products of(Experiment.Besides<Experiment.Compared> all) {
      return new Products(
          all.outcomes().stream()
              .map(result -> new Product(result.backend(), Compared.of(result.agreement())))
              .toList(),
          all.interruptions());
    }
  }

  /** Those of one backend. */
  record Product(String backend, @JsonUnwrapped Compared agreement) {}

  /**
   * The orders in which libraries add; null without a library, and in files of earlier versions.
   *
   * @param products of judged steps
   * @param replayed how many of them have the bits of their replay
   * @param elements how many of their elements were replayed
   */
  record OwnOrder(List<Shape> shapes, int products, int replayed, long elements) {
    static @Nullable OwnOrder of(OwnOrders.Summary orders) {
      return orders.known().isEmpty()
          ? null
          : new OwnOrder(
              orders.known().stream().map(Shape::of).toList(),
              orders.products(),
              orders.replayed(),
              orders.elements());
    }

    /** Checks what was read. */
    void require(FieldCheck check) {
      check.atLeast("own-order.replayed", replayed, 0);
      check.atLeast("own-order.products", products, replayed);
      check.atLeast("own-order.elements", elements, replayed);
      for (Shape shape : shapes) {
        check.atLeast("own-order.m", shape.m(), 1);
        check.atLeast("own-order.n", shape.n(), 1);
        check.atLeast("own-order.k", shape.k(), 1);
        boolean revealed = shape.state() == OwnOrders.State.REVEALED;
        check.require(
            revealed == (shape.trees() != null) && revealed == (shape.evidence() == null),
            "own-order.state",
            shape.state(),
            revealed ? "expected trees beside it" : "expected evidence beside it");
      }
    }
  }

  /**
   * What is known of the order of one product.
   *
   * @param trees the number of different trees; null if they are not known
   * @param evidence why they are not; null if they are
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Shape(
      String backend,
      ProductForm form,
      int m,
      int n,
      int k,
      OwnOrders.State state,
      @JsonSetter(nulls = Nulls.SET) @Nullable Integer trees,
      @JsonSetter(nulls = Nulls.SET) @Nullable String evidence) {

    static Shape of(OwnOrders.Known known) {
      boolean revealed = known.state() == OwnOrders.State.REVEALED;
      return new Shape(
          known.backend(),
          known.shape().form(),
          known.shape().m(),
          known.shape().n(),
          known.shape().k(),
          known.state(),
          revealed ? known.trees() : null,
          revealed ? null : known.evidence());
    }
  }

  /** The results of one cell. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Trained(
      String name,
      String network,
      long parameters,
      JsonNode scenario,
      @JsonSetter(nulls = Nulls.SET) @Nullable Double oneUnitTestAccuracy,
      List<Ran> outcomes,
      List<Interruption> interruptions) {

    static Trained of(CellResult result) {
      return new Trained(
          result.cell().name(),
          result.network().toString(),
          result.network().parameterCount(),
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
      @JsonSetter(nulls = Nulls.SET) @Nullable String complaint,
      @JsonSetter(nulls = Nulls.SET) @Nullable String finding,
      int steps,
      LockstepFields lockstep,
      Apart afterFirstStep,
      Apart afterLastStep,
      List<Compared> agreements,
      @JsonSetter(nulls = Nulls.SET) @Nullable List<Errors> productErrors,
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
          LockstepFields.of(outcome.lockstep()),
          Apart.of(outcome.atFirst()),
          Apart.of(outcome.atLast()),
          outcome.agreements().stream().map(Compared::of).toList(),
          outcome.errors().isEmpty() ? null : outcome.errors().stream().map(Errors::of).toList(),
          outcome.evaluation().accuracy(),
          number(outcome.evaluation().loss()),
          outcome.seconds());
    }
  }

  /**
   * How large the errors of a library's products of one form are; see {@link ProductErrors}. Files
   * of earlier versions lack them.
   */
  record Errors(
      ProductForm form,
      int products,
      int byStatistics,
      long elements,
      List<Long> histogram,
      String shareOfBound,
      String slope,
      String meanSquare,
      String checksum,
      String visibleInAll,
      String visibleInOne) {

    static Errors of(ProductErrors errors) {
      return new Errors(
          errors.form(),
          errors.products(),
          errors.byStatistics(),
          errors.elements(),
          errors.histogram(),
          number(errors.largestShare()),
          number(errors.slope()),
          number(errors.meanSquare()),
          number(errors.checksum()),
          number(errors.visibleInAll()),
          number(errors.visibleInOne()));
    }

    /** Checks what was read. */
    void require(FieldCheck check) {
      check.atLeast("product-errors.by-statistics", byStatistics, 0);
      check.atLeast("product-errors.products", products, Math.max(1, byStatistics));
      check.equal("product-errors.histogram, bins", histogram.size(), ShareHistogram.BINS);
      long sum = 0;
      for (long count : histogram) {
        check.within("product-errors.histogram", count, 0, Long.MAX_VALUE / ShareHistogram.BINS);
        sum += count;
      }
      check.equal("product-errors.elements", elements, sum);
      for (String text :
          List.of(shareOfBound, slope, meanSquare, checksum, visibleInAll, visibleInOne)) {
        check.require(isSize(text), "product-errors", text, "expected a number of at least 0");
      }
    }

    private static boolean isSize(String text) {
      try {
        return Double.parseDouble(text) >= 0;
      } catch (NumberFormatException e) {
        return false;
      }
    }
  }

  /** How far units are apart. */
  record Apart(long units, long classes, String relativeSpread) {
    static Apart of(Spread spread) {
      return new Apart(spread.units(), spread.classes(), number(spread.relativeSpread()));
    }
  }

  /** The smallest error that a comparison would have seen. */
  record Seen(String relativeError, String tensor) {
    static Seen of(Visibility visible) {
      return new Seen(number(visible.error()), visible.tensor());
    }
  }

  /** A comparison with the reference backend. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Compared(
      String tier,
      Verdict verdict,
      @JsonSetter(nulls = Nulls.SET) @Nullable Integer productsCompared,
      @JsonSetter(nulls = Nulls.SET) @Nullable Integer casesCompared,
      @JsonSetter(nulls = Nulls.SET) @Nullable Integer stepsCompared,
      String shareOfBound,
      @JsonSetter(nulls = Nulls.SET) @Nullable Seen visible,
      String reason,
      @JsonSetter(nulls = Nulls.SET) @Nullable String difference) {

    static Compared of(Agreement agreement) {
      Tier tier = agreement.tier();
      boolean steps = tier != Tier.EXACT_DATA && tier != Tier.EDGE_CASES;
      Difference difference = agreement.difference();
      return new Compared(
          tier.label(),
          agreement.verdict(),
          tier == Tier.EXACT_DATA ? agreement.steps() : null,
          tier == Tier.EDGE_CASES ? agreement.steps() : null,
          steps ? agreement.steps() : null,
          number(agreement.share()),
          agreement.visible().error() > 0 ? Seen.of(agreement.visible()) : null,
          agreement.reason(),
          difference == null ? null : difference.toString());
    }
  }

  /** Returns the report as a JSON tree. */
  public static ObjectNode of(CheckReport report, int exitCode) {
    CheckIssues issues = new CheckIssues(report);
    CheckJson all =
        new CheckJson(
            Document.CHECK.version(),
            Document.CHECK.kind(),
            report.verdict(),
            new CheckText(report).headline(),
            exitCode,
            Told.of(report, issues.faults()),
            Told.of(report, issues.notShown()),
            Told.of(report, issues.findings()),
            Warning.of(report).stream()
                .map(warning -> new Warned(warning.code().label(), warning.text()))
                .toList(),
            report.baseline().map(Judged::json).orElse(null),
            report.cuda(),
            RecordedVariables.ofThisProcess().values(),
            report.chosen().stream().map(AskedFor::of).toList(),
            Products.of(report.exactData()),
            Products.of(report.edgeCases()),
            report.zeroStart(),
            OwnOrder.of(report.orders()),
            report.results().stream().map(Trained::of).toList());
    return (ObjectNode) JsonFile.tree(all);
  }

  /** Returns the number as text, because JSON has no infinities. */
  private static String number(double value) {
    return Double.toString(value);
  }
}
