package dev.lockstep.bench.order;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.external.ProgramOptions;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.files.ResultsFolder;
import dev.lockstep.bench.flags.BackendNames;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.flags.Durations;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.ThreadCounts;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.bench.report.JsonFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.input.InputException;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code lockstep order}: reveals in which order products add, and replays them to the bit. */
@Command(
    name = "order",
    mixinStandardHelpOptions = true,
    description = {
      "Reveals the order in which a backend's products add their terms, by probing the backend"
          + " from outside, and recomputes elements of a random product in this order, in binary32:"
          + " they must have the same bits. Elements that add in different orders are why equal"
          + " units come apart.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 every order was revealed and every replay has the product's bits; 1 something"
          + " differs or could not be revealed, or a backend failed; 2 a flag was wrong.",
      "",
      "Examples:",
      "  lockstep order --backends vector",
      "  lockstep order --backends cublas --shape 64x1021x1021 --form AB --json order.json",
      "  lockstep order --backends numpy --shape 1x33x65,33x129x300 --threads 1"
    })
public final class OrderCommand implements Callable<Integer> {

  private static final int MOST_PRODUCTS = 1_000_000;

  private final BackendNames backends =
      new BackendNames("Exact names (default: all that can run, except scalar and double).");

  @Mixin private final CommandSpec backendFlags = backends.flags();

  @Option(
      names = "--shape",
      converter = ShapeFlag.Values.class,
      completionCandidates = ShapeFlag.Values.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      defaultValue = "33x129x300,1x33x65",
      paramLabel = "MxNxK",
      description = "Rows and columns of C and terms of each element (default: ${DEFAULT-VALUE}).")
  List<ShapeFlag> shapes = List.of();

  @Option(
      names = "--form",
      converter = ShapeFlag.Forms.class,
      completionCandidates = ShapeFlag.Forms.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      defaultValue = "AB,ABT,ATB",
      paramLabel = "FORM",
      description = "AB, ABT (B is stored transposed) or ATB (A is) (default: ${DEFAULT-VALUE}).")
  List<ProductForm> forms = List.of();

  @Mixin final ThreadCounts threads = new ThreadCounts();

  @Option(
      names = "--budget",
      converter = FlagValues.Times.class,
      defaultValue = "10m",
      paramLabel = "T",
      description = "Compute no product after this time (default: ${DEFAULT-VALUE}).")
  Duration budget = Duration.ZERO;

  @Option(
      names = "--svg",
      paramLabel = "DIR",
      description = "Draw each tree into a file of this folder, which must be new or empty.")
  @Nullable Path svg;

  @Mixin final ProgramOptions programs = new ProgramOptions();

  private final ReportFiles<OrderReport> files =
      new ReportFiles<>(
          List.of(
              new JsonFormat<>((report, code) -> JsonFile.tree(document(report, code))),
              new HtmlFormat<>(this::page)));

  @Mixin private final CommandSpec formats = files.flags();

  /** The products of a backend with so many threads. */
  private record Part(Candidate candidate, int threads) {}

  @Override
  public Integer call() {
    programs.use();
    Budget limit = Budget.of(budget);
    List<Part> parts = parts(candidates());
    Bounds.requireFew("order", "products", Bounds.product(List.of(parts, shapes, forms)));
    files.requireDifferent();
    files.require(parts.stream().map(part -> part.candidate().hardware()).toList());
    if (svg == null) {
      return report(parts, limit, _ -> {});
    }
    for (Part part : parts) {
      ResultsFolder.guard(part.candidate().hardware(), "--svg", svg.resolve(DrawnOrders.LIST));
    }
    try (OutputFolder folder = OutputFolder.begin("--svg", svg, DrawnOrders.FORM)) {
      return report(parts, limit, report -> DrawnOrders.write(report, folder));
    }
  }

  private int report(List<Part> parts, Budget limit, Consumer<OrderReport> draw) {
    List<Candidate> candidates = parts.stream().map(Part::candidate).distinct().toList();
    Map<String, String> environment =
        new LinkedHashMap<>(Surroundings.of(CudaMachine.look(), candidates).facts());
    environment.replaceAll((_, fact) -> PathFree.text(fact));
    OrderReport report = new OrderReport(environment, run(parts, limit));
    OrderText.print(report, Printer.report());
    return files.write(report, report.exitCode(), List.of(() -> draw.accept(report)));
  }

  private List<ProductOrder> run(List<Part> parts, Budget limit) {
    List<ProductShape> products =
        shapes.stream().flatMap(shape -> forms.stream().map(shape::in)).toList();
    List<ProductOrder> orders = new ArrayList<>();
    try (ProgressDisplay progress =
        ProgressDisplay.of("order", (long) parts.size() * products.size())) {
      for (Part part : parts) {
        progress.message(part.candidate().name());
        orders.addAll(run(part, products, limit, progress));
      }
    }
    return orders;
  }

  private List<ProductOrder> run(
      Part part, List<ProductShape> products, Budget limit, ProgressDisplay progress) {
    Candidate candidate = part.candidate();
    Resources resources = threads.resources(part.threads());
    if (candidate.kind().isLibrary() && candidate.backend().placement() != Placement.PROCESS) {
      return new SeparateJudge(candidate, resources)
          .judge(products, budget.minus(limit.spent()), progress::step);
    }
    OrderJudge judge = new OrderJudge(candidate, resources);
    List<ProductOrder> orders = new ArrayList<>();
    for (ProductShape product : products) {
      orders.add(judge.judge(product, limit(limit)));
      progress.step();
    }
    return orders;
  }

  /** The effort for one product within the budget of all. */
  static ProbeLimit limit(Budget budget) {
    return new ProbeLimit(MOST_PRODUCTS, budget.until(1));
  }

  private List<Candidate> candidates() {
    Resources resources = threads.resources(1);
    List<String> names = backends.names();
    List<Candidate> chosen =
        names == null
            ? Candidate.usual(resources).stream()
                .filter(Candidate::available)
                .filter(each -> each.backend().speed() == Backend.Speed.FULL)
                .filter(each -> each.backend().elementBytes() == Float.BYTES)
                .toList()
            : Candidate.required(BackendNames.FLAG, names, resources);
    for (Candidate each : chosen) {
      if (each.backend().elementBytes() != Float.BYTES) {
        throw new InputException(
            BackendNames.FLAG, "backend", each.name(), "expected one that computes in binary32");
      }
    }
    return chosen;
  }

  private List<Part> parts(List<Candidate> candidates) {
    List<Part> parts = new ArrayList<>();
    for (Candidate candidate : candidates) {
      threads.of(candidate.backend()).stream()
          .map(count -> Math.min(count, candidate.backend().mostThreads()))
          .distinct()
          .forEach(count -> parts.add(new Part(candidate, count)));
    }
    return parts;
  }

  private OrderDocument document(OrderReport report, int exitCode) {
    return OrderDocument.of(report, exitCode, repeated(report));
  }

  private Contents page(OrderReport report, int exitCode) {
    Contents contents = new Contents();
    document(report, exitCode).addTo(contents, "order");
    return contents;
  }

  /** The command that repeats a report. */
  private String repeated(OrderReport report) {
    return "bench/lockstep order --backends "
        + joined(report.products().stream().map(ProductOrder::backend))
        + " --shape "
        + joined(shapes.stream().map(ShapeFlag::text))
        + " --form "
        + joined(forms.stream().map(Enum::name))
        + " --threads "
        + joined(threads.all().stream().map(String::valueOf))
        + (threads.device() == 0 ? "" : " --device " + threads.device())
        + " --budget "
        + Durations.text(budget)
        + programs.repeated(ForeignText::shellWord);
  }

  private static String joined(Stream<String> values) {
    return values.distinct().collect(Collectors.joining(","));
  }
}
