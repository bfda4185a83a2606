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
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.terminal.Printer;
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
public final class TrainCommand implements Callable<Integer> {

  @Mixin final ScenarioOptions options = new ScenarioOptions();

  @Option(
      names = "--backend",
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

  @Override
  public Integer call() {
    programs.use();
    refuseContradictions();
    Checkpoints begun = resume == null ? null : new Checkpoints(resume);
    Scenario scenario = begun == null ? options.scenario() : begun.scenario();
    if (print) {
      Printer.out().json(ScenarioFile.json(scenario));
      return 0;
    }
    Backend chosen = Backends.named("--backend", nameOfBackend(begun));
    if (begun != null) {
      begun.requireSameProgram(chosen.name());
    }
    Resources resources = this.resources.resources();
    Availability availability = chosen.availability(resources);
    if (!(availability instanceof Availability.Available(String detail, Hardware hardware))) {
      throw new InputException(
          "--backend", "backend", chosen.name(), "which cannot run here: " + availability);
    }
    requireOutputs(hardware);
    Dataset dataset = scenario.data().load(scenario.seed());
    Workload workload = options.prepared(() -> prepared(scenario, dataset, chosen));
    Printer out = Printer.out();
    out.paragraph(
        String.format(
            Locale.ROOT,
            "%s on %s (%s), %d steps of %d rows",
            workload.network(),
            chosen.name(),
            detail,
            scenario.steps(),
            scenario.batch()));
    try (Trainer trainer = chosen.open(workload, resources)) {
      Checkpoints kept = begun;
      if (begun != null) {
        begun.restore(trainer, workload, chosen.elementBytes());
        out.line("resumed at step " + trainer.step());
      } else if (checkpoint != null) {
        ResultsFolder.makeEmpty(
            "--checkpoint", checkpoint, "expected an empty one; --resume continues a training");
        kept = new Checkpoints(checkpoint);
        kept.begin(scenario, chosen.name(), trainer);
      }
      new Training(scenario, workload, trainer, chosen.name(), kept, saveEvery)
          .run(trajectory, save);
    }
    return 0;
  }

  private void refuseContradictions() {
    if (saveEvery < 1) {
      throw new InputException("--save-every", "steps", saveEvery, "expected at least 1");
    }
    if (save != null && save.equals(trajectory)) {
      throw new InputException("--trajectory", "file", save, "which contradicts --save");
    }
    if (resume != null) {
      options.refuseAll("--resume");
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

  private String nameOfBackend(@Nullable Checkpoints begun) {
    if (backend != null) {
      return backend;
    }
    return begun == null ? Backends.usual().name() : begun.backend();
  }

  private void requireOutputs(Hardware hardware) {
    ResultsFolder.guard(hardware, "--trajectory", trajectory);
    ResultsFolder.guard(hardware, "--save", save);
    ResultsFolder.guard(hardware, "--checkpoint", checkpoint);
    for (Path file : Stream.of(trajectory, save).filter(Objects::nonNull).toList()) {
      AtomicFile.require(file);
    }
  }

  private static Workload prepared(Scenario scenario, Dataset dataset, Backend backend) {
    requireMemory(scenario, dataset, backend);
    return scenario.prepare(dataset);
  }

  private static void requireMemory(Scenario scenario, Dataset dataset, Backend backend) {
    Network network = scenario.network(dataset);
    int bytes = backend.elementBytes();
    MemoryNeed.ofData(dataset)
        .plus(MemoryNeed.ofInitialParameters(network))
        .plus(backend.trainerHeap(network, scenario.batch(), dataset.test().rows()))
        .plus(MemoryNeed.ofParameters(network, bytes))
        .plus(MemoryNeed.ofMoments(network, scenario.learning().rule(), 2 * bytes))
        .plus(MemoryNeed.ofDivergence(network))
        .require(network);
  }
}
