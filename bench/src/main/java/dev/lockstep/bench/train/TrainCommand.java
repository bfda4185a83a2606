package dev.lockstep.bench.train;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.external.ProgramOptions;
import dev.lockstep.bench.files.ResultsFolder;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.terminal.Animation;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.data.Dataset;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.input.InputException;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioFile;
import dev.lockstep.scenario.Workload;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep train}: trains one scenario on one backend. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Trains one scenario on one backend and prints loss, accuracy and symmetry after every"
          + " epoch.",
      "",
      "A scenario file is a JSON object with the values of the flags; --print-scenario writes one,"
          + " and `lockstep help scenario` describes it.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 trained; 1 the backend failed; 2 a flag or a file was wrong, the backend"
          + " cannot run this scenario, or the loss was not finite.",
      "",
      "Examples:",
      "  lockstep train --hidden 256,256 --activation tanh --steps 2000",
      "  lockstep train --hidden 16 --init normal:0.05 --show",
      "  lockstep train --hidden 1021 --init equal --learning-rate quotient:0.1 --trajectory"
          + " t.json",
      "  lockstep train --learning-rate 0.01 --optimizer adam --schedule cosine:400",
      "  lockstep train --hidden 64,64 --init equal --noise 0.2 --learning-rate 0.2 --steps 2000",
      "  lockstep train --data npz:mnist.npz --activation gelu --hidden 256",
      "  lockstep train --hidden 64 --print-scenario > s.json && lockstep train --scenario s.json",
      "  lockstep train --hidden 64 --save net.npz && lockstep train --hidden 64 --init"
          + " npz:net.npz",
      "  lockstep train --steps 100000 --checkpoint run-1 --save-every 1000",
      "  lockstep train --resume run-1 --save net.npz"
    })
public final class TrainCommand implements Callable<Integer>, NamesScenario {

  @Mixin final ScenarioOptions options = new ScenarioOptions();

  @Option(
      names = "--backend",
      converter = FlagValues.Names.class,
      completionCandidates = FlagValues.Names.class,
      paramLabel = "NAME",
      description = "Exact name (vector; with --resume the backend that started).")
  @Nullable String backend;

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  @Mixin final ProgramOptions programs = new ProgramOptions();

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write the parameters to an .npz file.")
  @Nullable Path save;

  @Option(
      names = "--trajectory",
      paramLabel = "FILE",
      description =
          "Write losses, digests and symmetry as JSON; with --resume, only of the steps after it.")
  @Nullable Path trajectory;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Folder for the checkpoints that --resume needs; must be empty.")
  @Nullable Path checkpoint;

  @Option(
      names = "--save-every",
      converter = FlagValues.Steps.class,
      paramLabel = "N",
      description = "Steps between two checkpoints (default: ${DEFAULT-VALUE}).")
  int saveEvery = 1000;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = {
        "Continue the training in this --checkpoint folder from its last saved state.",
        "The result has the same bits as that of a training that was never interrupted."
      })
  @Nullable Path resume;

  @Option(
      names = "--print-scenario",
      description = "Print the scenario as a file and train nothing.")
  boolean print;

  @Option(
      names = "--show",
      description = {
        "Draw the first layer's units in the terminal while they are trained, beside those of the"
            + " same training with equal instead of random units, or random instead of equal ones.",
        "Nothing is drawn if standard output is no terminal."
      })
  boolean show;

  @Override
  public String sourceOf(String field) {
    return resume == null ? options.sourceOf(field) : resume.toString();
  }

  @Override
  public Integer call() {
    programs.use();
    refuseContradictions();
    if (resume == null) {
      return trained(options.scenario(), null);
    }
    try (Checkpoints begun = Checkpoints.reopen(resume)) {
      return trained(begun.scenario(), begun);
    }
  }

  private int trained(Scenario scenario, @Nullable Checkpoints begun) {
    if (print) {
      Printer.out().json(ScenarioFile.json(scenario));
      return 0;
    }
    Backend chosen = chosen(begun);
    Resources resources = this.resources.resources();
    Availability availability = chosen.availability(resources);
    if (!(availability instanceof Availability.Available(String detail, Hardware hardware))) {
      if (begun != null && backend == null) {
        throw begun.cannotRun(availability.toString());
      }
      throw new InputException(
          "--backend", "backend", chosen.name(), "which cannot run here: " + availability);
    }
    requireOutputs(hardware);
    Dataset dataset = ProgressDisplay.during("data", () -> scenario.data().load(scenario.seed()));
    boolean draws = show && draws(scenario);
    MemoryNeed need = memory(scenario, dataset, chosen);
    (draws ? need.plus(need) : need).require(scenario.network(dataset));
    Workload workload = scenario.prepare(dataset);
    Printer out = Printer.report();
    out.paragraph(
        String.format(
            Locale.ROOT,
            "%s on %s (%s), %d steps of %d rows",
            workload.network(),
            chosen.name(),
            detail,
            scenario.steps(),
            scenario.batch()));
    if (scenario.unitsStayEqual() && scenario.hidden().stream().anyMatch(units -> units > 1)) {
      out.paragraph(
          "The units of each hidden layer start equal and stay equal: they learn as one unit would."
              + " A random --init, such as glorot-uniform, or --noise sets them apart.");
    }
    try (Trainer trainer = chosen.open(workload, resources);
        SideBySide pictures =
            draws ? pictures(scenario, trainer, chosen, resources, dataset) : null) {
      if (begun != null) {
        begun.restore(trainer, workload, chosen.elementBytes());
        out.line("resumed at step " + trainer.step());
        train(scenario, workload, trainer, chosen, begun, pictures);
      } else if (checkpoint != null) {
        try (Checkpoints created = Checkpoints.create(checkpoint)) {
          created.begin(scenario, dataset, chosen.name(), trainer);
          train(scenario, workload, trainer, chosen, created, pictures);
        }
      } else {
        train(scenario, workload, trainer, chosen, null, pictures);
      }
    }
    return 0;
  }

  private Backend chosen(@Nullable Checkpoints begun) {
    if (begun == null) {
      return backend == null ? Backends.usual() : Backends.named("--backend", backend);
    }
    Backend chosen = backend == null ? begun.backend() : Backends.named("--backend", backend);
    begun.requireSameProgram(chosen.name());
    return chosen;
  }

  private void train(
      Scenario scenario,
      Workload workload,
      Trainer trainer,
      Backend chosen,
      @Nullable Checkpoints kept,
      @Nullable SideBySide pictures) {
    new Training(scenario, workload, trainer, chosen.name(), kept, saveEvery, pictures)
        .run(trajectory, save);
  }

  /** Returns whether units can be drawn, and says so if they cannot. */
  private static boolean draws(Scenario scenario) {
    Optional<String> obstacle =
        scenario.hidden().isEmpty()
            ? Optional.of("the network has no hidden layer")
            : Animation.obstacle();
    obstacle.ifPresent(why -> Printer.progress().line("lockstep: --show draws nothing: " + why));
    return obstacle.isEmpty();
  }

  private static SideBySide pictures(
      Scenario scenario, Trainer trainer, Backend chosen, Resources resources, Dataset dataset) {
    Scenario counterpart = SideBySide.counterpart(scenario);
    Trainer other = chosen.open(counterpart.prepare(dataset), resources);
    return new SideBySide(scenario, trainer, counterpart, other, dataset);
  }

  private void refuseContradictions() {
    if (save != null && save.equals(trajectory)) {
      throw new InputException("--trajectory", "file", save, "which contradicts --save");
    }
    if (resume != null) {
      options.refuseAll("--resume");
      if (show) {
        throw new InputException(
            "--show", "value", "given", "which contradicts --resume: it draws whole trainings");
      }
      if (checkpoint != null) {
        throw new InputException(
            "--checkpoint", "folder", checkpoint, "which contradicts --resume: its folder is used");
      }
    }
    if (print) {
      refuseOutput("--save", save);
      refuseOutput("--trajectory", trajectory);
      refuseOutput("--checkpoint", checkpoint);
    }
  }

  private static void refuseOutput(String flag, @Nullable Path file) {
    if (file != null) {
      throw new InputException(
          flag, "file", file, "which contradicts --print-scenario: nothing is trained");
    }
  }

  private void requireOutputs(Hardware hardware) {
    ResultsFolder.guard(hardware, "--trajectory", trajectory);
    ResultsFolder.guard(hardware, "--save", save);
    ResultsFolder.guard(hardware, "--checkpoint", checkpoint);
    for (Path file : Stream.of(trajectory, save).filter(Objects::nonNull).toList()) {
      AtomicFile.require(file);
    }
  }

  private static MemoryNeed memory(Scenario scenario, Dataset dataset, Backend backend) {
    Network network = scenario.network(dataset);
    int bytes = backend.elementBytes();
    return MemoryNeed.ofData(dataset)
        .plus(MemoryNeed.ofInitialParameters(network))
        .plus(backend.trainerHeap(network, scenario.batch(), dataset.test().rows()))
        .plus(MemoryNeed.ofParameters(network, bytes))
        .plus(MemoryNeed.ofMoments(network, scenario.learning().rule(), 2 * bytes))
        .plus(MemoryNeed.ofDivergence(network));
  }
}
