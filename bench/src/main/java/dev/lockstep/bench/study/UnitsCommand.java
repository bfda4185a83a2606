package dev.lockstep.bench.study;

import dev.lockstep.backend.Resources;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.flags.BackendNames;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.report.JsonFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.input.InputException;
import dev.lockstep.scenario.DataSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code lockstep study units}: keeps the units of two trainings, for pictures. */
@Command(
    name = "units",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a network of one hidden layer twice, from copies of one random unit and from random"
          + " units, and keeps the units, their classes, loss and accuracy at chosen steps. Other"
          + " exact backends have to have the same bits at each of them. More trainings, from other"
          + " seeds, show what is chance.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 the copies stayed equal, and all exact backends had the same bits; 1 they did"
          + " not; 2 a flag or a file was wrong.",
      "",
      "Examples:",
      "  lockstep study units --html units.html",
      "  lockstep study units --data idx:/path/to/mnist --steps 2000 --json units.json"
    })
final class UnitsCommand implements Callable<Integer>, NamesScenario {

  /** More are too small as pictures, and are too many to look at. */
  private static final int MOST_UNITS = 100;

  private static final int MOST_SEEDS = 100;

  @Option(
      names = "--data",
      completionCandidates = FlagValues.Data.class,
      paramLabel = "D",
      description = DataSource.FORMS + " (default: ${DEFAULT-VALUE}).")
  String data = "digits";

  @Option(
      names = "--width",
      converter = Widths.class,
      paramLabel = "N",
      description = "Units of the hidden layer, 2 to 100 (default: ${DEFAULT-VALUE}).")
  int width = UsualUnits.WIDTH;

  @Option(
      names = "--batch",
      converter = FlagValues.Rows.class,
      paramLabel = "N",
      description = "Rows of a step (default: ${DEFAULT-VALUE}).")
  int batch = UsualUnits.BATCH;

  @Option(
      names = "--steps",
      converter = FlagValues.Steps.class,
      paramLabel = "N",
      description = "Steps of a training (default: ${DEFAULT-VALUE}).")
  int steps = UsualUnits.STEPS;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "First seed of parameters and batches (default: ${DEFAULT-VALUE}).")
  long seed = UsualUnits.SEED;

  @Option(
      names = "--seeds",
      converter = Seeds.class,
      paramLabel = "N",
      description = "Number of seeds, 2 to 100 (default: ${DEFAULT-VALUE}).")
  int seeds = UsualUnits.SEEDS;

  private final BackendNames backends =
      new BackendNames("Exact names; the first trains all (default: all exact ones that can run).");

  @Mixin private final CommandSpec backendFlags = backends.flags();

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  private final ReportFiles<UnitStudy> files =
      new ReportFiles<>(
          List.of(
              new JsonFormat<>((study, _) -> JsonFile.tree(study)),
              new HtmlFormat<>((study, _) -> new Contents().add("study units", study))));

  @Mixin private final CommandSpec formats = files.flags();

  private static final class Widths extends FlagValues.Numbers {
    Widths() {
      super(new Bounds(2, MOST_UNITS));
    }
  }

  private static final class Seeds extends FlagValues.Numbers {
    Seeds() {
      super(new Bounds(2, MOST_SEEDS));
    }
  }

  @Override
  public String sourceOf(String field) {
    return field.equals("hidden") ? "--width" : "--" + field;
  }

  @Override
  public Integer call() {
    Resources resources = this.resources.resources();
    List<Candidate> chosen = chosen(resources);
    files.requireDifferent();
    files.require(chosen.stream().map(Candidate::hardware).toList());
    DataSource source = DataSource.parse("--data", data);
    UnitExperiment experiment =
        new UnitExperiment(source, source.load(seed), width, batch, steps, seed, seeds);
    UnitStudy study;
    try {
      study = UsualUnits.run(experiment, chosen, resources);
    } catch (Stage.NotFinite e) {
      throw new InputException(
          "--data",
          "training",
          data,
          e.getMessage() + "; scaled features would learn (see ?scale=standard)");
    }
    UnitsText.print(study, Printer.report());
    return files.write(study, study.exitCode());
  }

  private List<Candidate> chosen(Resources resources) {
    return UsualUnits.chosen(backends.names(), resources);
  }
}
