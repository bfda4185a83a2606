package dev.lockstep.bench.study;

import dev.lockstep.backend.Resources;
import dev.lockstep.bench.external.ProgramOptions;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.flags.BackendNames;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.bench.report.JsonFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.data.Dataset;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.MemoryNeed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code lockstep study textbook}: tests textbook claims about symmetry. */
@Command(
    name = "textbook",
    mixinStandardHelpOptions = true,
    description = {
      "Tests seven textbook claims about equal, zero and random initial weights, and about noise,"
          + " on every exact backend. Each claim gets an experiment, its figures and a verdict."
          + " Networks have two hidden layers; backends with the same figures, to the last bit,"
          + " share a line.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 every claim holds; 1 a claim fails or is INCONCLUSIVE (not enough steps, units"
          + " or test rows to show or to refute it) on an exact backend, or a backend failed; 2 a"
          + " flag or a file was wrong. A claim that fails on a library is a finding and does not"
          + " change the exit code.",
      "",
      "Examples:",
      "  lockstep study textbook",
      "  lockstep study textbook --data digits --width 128 --steps 2000 --json claims.json",
      "  lockstep study textbook --backends vector,pytorch --data idx:/path/to/mnist"
    })
final class TextbookCommand implements Callable<Integer>, NamesScenario {

  /** The folder of Debian's package dataset-fashion-mnist. */
  private static final Path FASHION_MNIST = Path.of("/usr/share/datasets/fashion-mnist");

  private static final long USUAL_SEED = 11;

  @Option(
      names = "--data",
      completionCandidates = FlagValues.Data.class,
      paramLabel = "D",
      description =
          DataSource.FORMS
              + "; may be repeated (default: digits, and Fashion-MNIST if Debian's package"
              + " dataset-fashion-mnist is installed).")
  @Nullable List<String> data;

  @Option(
      names = "--width",
      converter = Widths.class,
      paramLabel = "N",
      description = "Units of a hidden layer (default: ${DEFAULT-VALUE}).")
  int width = Shortage.USUAL_WIDTH;

  @Option(
      names = "--batch",
      converter = FlagValues.Rows.class,
      paramLabel = "N",
      description = "Rows of a step (default: ${DEFAULT-VALUE}).")
  int batch = Shortage.USUAL_BATCH;

  @Option(
      names = "--steps",
      converter = FlagValues.Steps.class,
      paramLabel = "N",
      description = "Steps of a training (default: ${DEFAULT-VALUE}).")
  int steps = Shortage.USUAL_STEPS;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of parameters, batches and noise (default: ${DEFAULT-VALUE}).")
  long seed = USUAL_SEED;

  private final BackendNames backends =
      new BackendNames("Exact names (default: all exact ones that can run).");

  @Mixin private final CommandSpec backendFlags = backends.flags();

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  @Mixin final ProgramOptions programs = new ProgramOptions();

  private final ReportFiles<TextbookJson> files =
      new ReportFiles<>(
          List.of(
              new JsonFormat<>((textbook, code) -> JsonFile.tree(textbook.with(code))),
              new HtmlFormat<>((textbook, _) -> contents(textbook))));

  @Mixin private final CommandSpec formats = files.flags();

  /** At least two units, which can differ. */
  private static final class Widths extends FlagValues.Numbers {
    Widths() {
      super(Bounds.UNITS.from(2));
    }
  }

  @Override
  public String sourceOf(String field) {
    return field.equals("hidden") ? "--width" : "--" + field;
  }

  @Override
  public Integer call() {
    programs.use();
    Resources resources = this.resources.resources();
    List<Candidate> chosen = chosen(resources);
    files.require(chosen.stream().map(Candidate::hardware).toList());
    Map<String, DataSource> sources = sources();
    List<Textbook.Result> results = new ArrayList<>();
    long experiments = (long) sources.size() * Textbook.CLAIMS.size() * chosen.size();
    try (ProgressDisplay progress = ProgressDisplay.of("study", experiments)) {
      sources.forEach(
          (name, source) -> {
            progress.message(name);
            Dataset dataset = source.load(seed);
            Stage first = stage(chosen.getFirst(), resources, source, dataset);
            require(first, chosen);
            String title =
                String.format(
                    Locale.ROOT,
                    "%s on %s, %d steps of %d rows",
                    first.network(),
                    name,
                    steps,
                    batch);
            results.addAll(
                Textbook.on(
                    title,
                    chosen,
                    backend -> stage(backend, resources, source, dataset),
                    progress::step));
          });
    }
    Textbook textbook = new Textbook(results);
    TextbookText.print(textbook, Printer.report());
    Provenance provenance =
        new Provenance(
            Surroundings.of(CudaMachine.look(), chosen).facts(),
            List.of("lockstep study textbook" + repeated()),
            List.of());
    Optional<UnitStudy> units =
        files.isNamed() ? UsualUnits.on(chosen, resources) : Optional.empty();
    return files.write(
        TextbookJson.of(textbook, provenance, units.orElse(null)), textbook.exitCode());
  }

  private static Contents contents(TextbookJson textbook) {
    Contents contents = new Contents();
    textbook.addTo(contents, "study textbook");
    return contents;
  }

  /** Returns the flags that differ from the default, each after a space. */
  private String repeated() {
    StringBuilder flags = new StringBuilder();
    if (data != null) {
      data.forEach(each -> flags.append(" --data ").append(ForeignText.shellWord(each)));
    }
    append(flags, "--width", width, Shortage.USUAL_WIDTH);
    append(flags, "--batch", batch, Shortage.USUAL_BATCH);
    append(flags, "--steps", steps, Shortage.USUAL_STEPS);
    append(flags, "--seed", seed, USUAL_SEED);
    return flags
        + backends.repeated(ForeignText::shellWord)
        + resources.repeated()
        + programs.repeated(ForeignText::shellWord);
  }

  private static void append(StringBuilder flags, String flag, long value, long usual) {
    if (value != usual) {
      flags.append(' ').append(flag).append(' ').append(value);
    }
  }

  private Stage stage(Candidate backend, Resources resources, DataSource source, Dataset dataset) {
    return new Stage(backend.backend(), resources, source, dataset, width, batch, steps, seed);
  }

  /**
   * Checks the memory: the data and the trained networks of all backends, and for one backend at a
   * time a trainer, a probe and the responses of two networks to the test rows.
   */
  private static void require(Stage stage, List<Candidate> backends) {
    Network network = stage.network();
    int rows = stage.data().test().rows();
    MemoryNeed all = MemoryNeed.ofData(stage.data());
    MemoryNeed most = new MemoryNeed(0);
    for (Candidate backend : backends) {
      int bytes = backend.backend().elementBytes();
      for (int trained = 0; trained < Stage.TRAINED; trained++) {
        all = all.plus(MemoryNeed.ofParameters(network, bytes));
      }
      MemoryNeed need =
          MemoryNeed.ofInitialParameters(network)
              .plus(backend.backend().trainerHeap(network, stage.batch(), rows))
              .plus(MemoryNeed.ofProbe(network, stage.batch(), bytes))
              .plus(MemoryNeed.ofParameters(network, Double.BYTES))
              .plus(Responses.memory(stage.width(), rows))
              .plus(Responses.memory(stage.width(), rows));
      most = need.bytes() > most.bytes() ? need : most;
    }
    all.plus(most).require(network);
  }

  /** The data sources by the names under which they are printed. */
  private Map<String, DataSource> sources() {
    Map<String, DataSource> sources = new LinkedHashMap<>();
    if (data != null) {
      data.forEach(text -> sources.put(text, DataSource.parse("--data", text)));
      return sources;
    }
    sources.put("digits", new DataSource.EmbeddedDigits());
    if (Files.isDirectory(FASHION_MNIST)) {
      sources.put("Fashion-MNIST", new DataSource.IdxFolder(FASHION_MNIST));
    } else {
      Printer.report()
          .paragraph(
              "Fashion-MNIST is left out: there is no "
                  + FASHION_MNIST
                  + "; Debian has it as dataset-fashion-mnist.");
    }
    return sources;
  }

  private List<Candidate> chosen(Resources resources) {
    return UsualUnits.chosen(backends.names(), resources);
  }
}
