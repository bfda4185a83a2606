package dev.lockstep.bench.check;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Axes;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellOptimizer;
import dev.lockstep.bench.cells.Code;
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.ci.BaselineOptions;
import dev.lockstep.bench.ci.GitHub;
import dev.lockstep.bench.external.ProgramOptions;
import dev.lockstep.bench.flags.BackendNames;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.bench.report.JsonFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.study.UsualUnits;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.data.Dataset;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.input.InputException;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.scenario.DataSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code lockstep check}: runs the cells on all backends and prints the verdict. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Trains networks from equal and from random initialisation on every backend, compares them"
          + " step by step, and judges: do equal units stay in lockstep, do random ones diverge, do"
          + " exact backends agree to the last bit?",
      "",
      "Lists are separated by commas and replace an axis; the scenarios then cover all pairs of the"
          + " values given.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 every comparison agreed; 1 something differed, broke lockstep, raised an alarm"
          + " or was INCONCLUSIVE (units that hardly move on unscaled features, say), or a backend"
          + " failed, or could not run although --backends names it; 2 a flag or a file was wrong."
          + " A library that breaks lockstep is a finding and changes the exit code only if"
          + " --baseline does not list it.",
      "",
      "Examples:",
      "  lockstep check",
      "  lockstep check --list",
      "  lockstep check --emulate-cuda",
      "  lockstep check --width 1021 --batch 250 --depth 2 --activation tanh --init equal",
      "  lockstep check --backends scalar,vector --threads 1 --json verdict.json --junit"
          + " verdict.xml",
      "  lockstep check --data idx:/path/to/mnist --width 128 --batch 64",
      "  lockstep check --backends scalar,vector,pytorch",
      "  lockstep check --baseline known.json --update-baseline",
      "  lockstep check --program mine='python3 my_adapter.py' --width 33"
    })
public final class CheckCommand implements Callable<Integer>, NamesScenario {

  @Option(
      names = "--width",
      converter = FlagValues.Units.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "N",
      description = "Units of a hidden layer.")
  @Nullable List<Integer> widths;

  @Option(
      names = "--wide",
      converter = FlagValues.Units.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "N",
      description = {
        "Units of a hidden layer of wide networks, which only the CUDA backends train: 20 steps,"
            + " parameters outside the heap; unless flags say otherwise sgd, batch 128,"
            + " cross-entropy, no noise (default: 4096,16384 on a GPU, none elsewhere). Without"
            + " --width only these run; --width alone leaves them out."
      })
  @Nullable List<Integer> wide;

  @Option(
      names = "--batch",
      converter = FlagValues.Rows.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "N",
      description = "Rows of a step (default: several, at most the training rows).")
  @Nullable List<Integer> batches;

  @Option(
      names = "--depth",
      converter = FlagValues.Layers.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "N",
      description = "Hidden layers.")
  @Nullable List<Integer> depths;

  @Option(
      names = "--activation",
      converter = FlagValues.Activations.class,
      completionCandidates = FlagValues.Activations.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "F",
      description = Activation.LABELS + ".")
  @Nullable List<Activation> activations;

  @Option(
      names = "--init",
      converter = Inits.class,
      completionCandidates = Inits.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "I",
      description = "random (Glorot or He, as suits the activation), " + Initialization.FORMS + ".")
  @Nullable List<String> inits;

  @Option(
      names = "--optimizer",
      converter = Optimizers.class,
      completionCandidates = Optimizers.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "O",
      description = CellOptimizer.LABELS + "; all but sgd with a schedule, weight decay or both.")
  @Nullable List<CellOptimizer> optimizers;

  @Option(
      names = "--loss",
      converter = FlagValues.Losses.class,
      completionCandidates = FlagValues.Losses.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "L",
      description = Loss.LABELS + ".")
  @Nullable List<Loss> losses;

  @Option(
      names = "--noise",
      converter = FlagValues.Deviations.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "D",
      description =
          "Standard deviations of the noise on each hidden unit in each step (default: 0,0.1).")
  @Nullable List<Double> noises;

  @Option(
      names = "--normalization",
      converter = FlagValues.Normalizations.class,
      completionCandidates = FlagValues.Normalizations.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "N",
      description =
          Normalization.LABELS
              + " (default: both if no other axis is given, else none); batches of one row are"
              + " never normalized.")
  @Nullable List<Normalization> normalizations;

  @Option(
      names = "--steps",
      converter = FlagValues.Steps.class,
      paramLabel = "N",
      description = "Steps of each scenario (default: ${DEFAULT-VALUE}).")
  int steps = Cell.USUAL_STEPS;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of parameters, batches and noise (default: ${DEFAULT-VALUE}).")
  long seed = Cell.USUAL_SEED;

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  private final BackendNames backends =
      new BackendNames("Exact names; all of them must run (default: all that can run).");

  @Mixin private final CommandSpec backendFlags = backends.flags();

  @Mixin final ProgramOptions programs = new ProgramOptions();

  @Option(
      names = "--data",
      completionCandidates = FlagValues.Data.class,
      paramLabel = "D",
      description = DataSource.FORMS + " (default: ${DEFAULT-VALUE}).")
  String data = "digits";

  @Option(
      names = Emulation.FLAG,
      description = {
        "Check the CUDA backends without a GPU, on a device that runs their kernels on the CPU.",
        "It tests bits, not speed. By default the scenarios are fewer and smaller."
      })
  boolean emulate;

  @Option(
      names = "--thorough",
      description =
          "Reveal the order in which a library adds for every product of every scenario (default:"
              + " for as many as 10 seconds allow, the smallest first).")
  boolean thorough;

  @Option(names = "--list", description = "List the scenarios and run none.")
  boolean list;

  @Mixin final BaselineOptions baseline = new BaselineOptions();

  @Mixin final GitHub github = new GitHub();

  /** The file formats of a report, in addition to the text that is printed. */
  private final ReportFiles<CheckReport> files =
      new ReportFiles<>(
          List.of(
              new JsonFormat<>(CheckJson::of), new CheckJunit(), new HtmlFormat<>(this::contents)));

  @Mixin private final CommandSpec formats = files.flags();

  private static final class Inits extends FlagValues<String> {
    Inits() {
      super("random, " + Initialization.FORMS, Cell::requireInit);
    }
  }

  private static final class Optimizers extends FlagValues.Labels<CellOptimizer> {
    Optimizers() {
      super(CellOptimizer.class, CellOptimizer.LABELS);
    }
  }

  @Override
  public String sourceOf(String field) {
    return switch (field) {
      case "hidden" -> widths == null && wide != null ? "--wide" : "--width";
      case "initialization" -> "--init";
      default -> "--" + field;
    };
  }

  @Override
  public Integer call() {
    programs.use();
    Axes axes = axes(emulate ? Axes.EMULATED : Axes.DEFAULT);
    files.requireDifferent(baseline.file());
    if (list) {
      files.forEach(CheckCommand::refuseOutput);
      baseline.file().ifPresent(file -> refuseOutput("--baseline", file));
    }
    baseline.read("check", Arrays.stream(Code.values()).map(Code::label).toList());
    github.require();
    DataSource source = DataSource.parse("--data", data);
    Resources resources = this.resources.resources();
    List<Candidate> chosen = chosen(resources);
    Dataset dataset = source.load(seed);
    int rows = dataset.train().rows();
    List<Cell> cells =
        wide != null && widths == null
            ? List.of()
            : (batches == null ? axes.withBatchesUpTo(rows) : axes).cells();
    List<Cell> wideCells = wideCells(chosen, rows);
    Check check =
        new Check(
            source,
            dataset,
            seed,
            steps,
            resources,
            chosen,
            backends.names() != null,
            cells,
            wideCells,
            thorough ? OwnOrders.Effort.THOROUGH : OwnOrders.Effort.USUAL,
            repeated());
    check.require();
    if (list) {
      Printer out = Printer.out();
      cells.forEach(cell -> out.line(cell.name()));
      wideCells.forEach(cell -> out.line(cell.name() + " (CUDA only)"));
      return 0;
    }
    if (emulate) {
      Emulation.require(CudaMachine.look().driver());
    }
    files.require(chosen.stream().map(Candidate::hardware).toList());
    Optional<PartialReport> partial = PartialReport.of(files);
    partial.ifPresent(begun -> begun.begin(cells.size() + wideCells.size()));
    CheckReport checked =
        check.run(() -> false, result -> partial.ifPresent(begun -> begun.add(result)));
    CheckReport report =
        checked.with(baseline.judge(checked.issues(), new CheckIssues(checked).tested()));
    CheckText text = new CheckText(report);
    github.printing(() -> text.print(Printer.report()));
    int code =
        files.write(
            report,
            report.exitCode(),
            List.of(baseline::write, () -> github.tell(report.told(), text::print)));
    partial.ifPresent(PartialReport::end);
    return code;
  }

  /** Returns what a page shows: the check, where it ran, and what lockstep is. */
  private Contents contents(CheckReport report, int exitCode) {
    Contents contents = CheckDocument.contents(report, exitCode, "lockstep check" + repeated());
    UsualUnits.addTo(contents, report.chosen(), resources.resources());
    return contents;
  }

  /** Returns the wide cells, if a backend can run them. */
  private List<Cell> wideCells(List<Candidate> chosen, int rows) {
    List<Candidate> onCuda = Check.onDevice(chosen);
    boolean usual = widths == null && onCuda.stream().anyMatch(c -> c.hardware() == Hardware.REAL);
    List<Integer> width = unique(wide, usual ? Axes.WIDE.widths() : List.of());
    if (wide != null && onCuda.isEmpty()) {
      throw new InputException(
          "--wide", "backends", "none on CUDA", "expected one that can run; see `lockstep doctor`");
    }
    Axes axes = few(axes(Axes.WIDE).withWidths(width));
    Axes fitting = batches == null ? axes.withBatchesUpTo(rows) : axes;
    return inits == null ? fitting.wideCells() : fitting.product();
  }

  private static void refuseOutput(String flag, Path file) {
    throw new InputException(
        flag, "file", file, "which contradicts --list: nothing runs, so there is nothing to write");
  }

  private Axes axes(Axes usual) {
    List<Integer> width = unique(widths, usual.widths());
    List<Integer> batch = unique(batches, usual.batches());
    List<Integer> depth = unique(depths, usual.depths());
    List<Activation> activation = unique(activations, usual.activations());
    List<String> init = unique(inits, usual.inits());
    List<CellOptimizer> optimizer = unique(optimizers, usual.optimizers());
    List<Loss> loss = unique(losses, usual.losses());
    List<Double> noise = unique(noises, usual.noises());
    boolean given =
        widths != null
            || batches != null
            || depths != null
            || activations != null
            || inits != null
            || optimizers != null
            || losses != null
            || noises != null;
    List<Normalization> normalization =
        unique(normalizations, given ? List.of(Normalization.NONE) : usual.normalizations());
    Axes axes =
        few(new Axes(width, batch, depth, activation, init, optimizer, loss, noise, normalization));
    if (axes.product().isEmpty()) {
      throw new InputException("--batch", "batch", 1, "expected at least 2 with normalization");
    }
    return axes;
  }

  /** Checks the number of combinations of a normalization, before there is one. */
  private static Axes few(Axes axes) {
    Bounds.requireFew(
        "check",
        "combinations",
        Bounds.product(
            List.of(
                axes.widths(),
                axes.batches(),
                axes.depths(),
                axes.activations(),
                axes.inits(),
                axes.optimizers(),
                axes.losses(),
                axes.noises())));
    return axes;
  }

  private static <T> List<T> unique(@Nullable List<T> given, List<T> usual) {
    return given == null ? usual : List.copyOf(new LinkedHashSet<>(given));
  }

  /**
   * Returns the backends asked for by name or, if none were, all backends, with those that can run
   * first.
   */
  private List<Candidate> chosen(Resources resources) {
    List<String> names = backends.names();
    return names == null
        ? Candidate.usual(resources)
        : unique(names, List.of()).stream()
            .map(name -> Candidate.of(Backends.named(BackendNames.FLAG, name), resources))
            .toList();
  }

  /** Returns the flags that differ from the default, each after a space. */
  private String repeated() {
    return (emulate ? " " + Emulation.FLAG : "")
        + (thorough ? " --thorough" : "")
        + (data.equals("digits") ? "" : " --data " + ForeignText.shellWord(data))
        + resources.repeated()
        + backends.repeated(ForeignText::shellWord)
        + programs.repeated(ForeignText::shellWord);
  }
}
