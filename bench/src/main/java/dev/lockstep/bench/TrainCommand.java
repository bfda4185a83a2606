package dev.lockstep.bench;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.model.Activation;
import dev.lockstep.model.AtomicFile;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.InputException;
import dev.lockstep.model.Labelled;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Network;
import dev.lockstep.model.ParametersFile;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioFile;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep train}: one scenario on one backend. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Trains one scenario on one backend and prints loss, accuracy and symmetry after every"
          + " epoch.",
      "",
      "A scenario file is a JSON object whose values are those of the flags; --print-scenario"
          + " writes one, and `lockstep help scenario` describes it.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 trained; 1 the backend failed; 2 a fault in flags or files, a backend that"
          + " cannot run this, or a loss that is not finite.",
      "",
      "Examples:",
      "  lockstep train --hidden 256,256 --activation tanh --steps 2000",
      "  lockstep train --hidden 1021 --init equal --learning-rate quotient:0.1 --trajectory"
          + " t.json",
      "  lockstep train --learning-rate 0.01 --optimizer adam --schedule cosine:400",
      "  lockstep train --hidden 64 --print-scenario > s.json && lockstep train --scenario s.json",
      "  lockstep train --hidden 64 --save net.npz && lockstep train --hidden 64 --init"
          + " npz:net.npz"
    })
final class TrainCommand implements Callable<Integer> {

  @Option(
      names = "--scenario",
      paramLabel = "FILE",
      description = "Read the scenario from a file; then no flag may change it.")
  @Nullable Path scenarioFile;

  @Option(names = "--data", paramLabel = "D", description = DataSource.FORMS + " (digits).")
  @Nullable String data;

  @Option(
      names = "--hidden",
      split = Lists.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "N",
      description = "Units of each hidden layer (128).")
  @Nullable List<Integer> hidden;

  @Option(names = "--activation", paramLabel = "F", description = Activation.LABELS + " (tanh).")
  @Nullable String activation;

  @Option(
      names = "--init",
      paramLabel = "I",
      description = Initialization.FORMS + " (glorot-uniform).")
  @Nullable String init;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "One rate, one a layer separated by commas, or quotient:RATE (0.1).")
  @Nullable String rate;

  @Option(names = "--optimizer", paramLabel = "O", description = Rule.FORMS + " (sgd).")
  @Nullable String optimizer;

  @Option(names = "--schedule", paramLabel = "S", description = Schedule.FORMS + " (constant).")
  @Nullable String schedule;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      description = "Times the weight, is added to each gradient (0).")
  @Nullable String decay;

  @Option(names = "--batch", paramLabel = "N", description = "Rows of a step (33).")
  @Nullable Integer batch;

  @Option(names = "--steps", paramLabel = "N", description = "Steps (400).")
  @Nullable Integer steps;

  @Option(names = "--seed", paramLabel = "N", description = "Of parameters and batches (1).")
  @Nullable Long seed;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Exact name (default: ${DEFAULT-VALUE}).")
  String backend = "vector";

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write the parameters to an .npz file.")
  @Nullable Path save;

  @Option(
      names = "--trajectory",
      paramLabel = "FILE",
      description = "Write losses, digests and symmetry as JSON.")
  @Nullable Path trajectory;

  @Option(
      names = "--print-scenario",
      description = "Print the scenario as a file and train nothing.")
  boolean print;

  @Override
  public Integer call() {
    Scenario scenario = scenario();
    if (save != null && save.equals(trajectory)) {
      throw new InputException("--trajectory", "file", save, "which contradicts --save");
    }
    if (print) {
      refuseOutput("--save", save);
      refuseOutput("--trajectory", trajectory);
      System.out.println(ScenarioFile.json(scenario).toPrettyString());
      return 0;
    }
    Backend chosen = Backends.named("--backend", backend);
    Resources resources = this.resources.resources();
    Availability availability = chosen.availability(resources);
    if (!(availability instanceof Availability.Available(String detail, Hardware hardware))) {
      throw new InputException(
          "--backend", "backend", backend, "which cannot run here: " + availability);
    }
    ResultsFolder.guard(hardware, "--trajectory", trajectory);
    ResultsFolder.guard(hardware, "--save", save);
    for (Path file : Stream.of(trajectory, save).filter(Objects::nonNull).toList()) {
      AtomicFile.require(file);
    }
    Dataset dataset = scenario.data().load(scenario.seed());
    requireMemory(scenario, dataset, chosen);
    Workload workload = scenario.prepare(dataset);
    System.out.printf(
        "%s on %s (%s), %d steps of %d rows%n",
        workload.network(), chosen.name(), detail, scenario.steps(), scenario.batch());
    try (Trainer trainer = chosen.open(workload, resources)) {
      run(scenario, workload, trainer);
    }
    return 0;
  }

  /** The data, the trainer, and what is looked at once an epoch. */
  private static void refuseOutput(String flag, @Nullable Path file) {
    if (file != null) {
      throw new InputException(
          flag, "file", file, "which contradicts --print-scenario: nothing is trained");
    }
  }

  private static void requireMemory(Scenario scenario, Dataset dataset, Backend backend) {
    Network network = scenario.network(dataset);
    MemoryNeed.ofData(dataset)
        .plus(MemoryNeed.ofInitialParameters(network))
        .plus(backend.trainerHeap(network, scenario.batch(), dataset.test().rows()))
        .plus(MemoryNeed.ofParameters(network, backend.kind().elementBytes()))
        .plus(
            MemoryNeed.ofMoments(
                network, scenario.learning().rule(), backend.kind().elementBytes()))
        .plus(MemoryNeed.ofDivergence(network))
        .require(network);
  }

  private void run(Scenario scenario, Workload workload, Trainer trainer) {
    List<Trajectory.Moment> moments = new ArrayList<>();
    moments.add(Trajectory.Moment.of(trainer, Double.NaN));
    int epoch = workload.batches().stepsPerEpoch();
    System.out.printf(
        " %6s %8s %10s %9s  %s%n",
        "epoch", "step", "loss", "accuracy", "classes and spread of each hidden layer");
    try (ProgressDisplay progress = ProgressDisplay.of("train", scenario.steps())) {
      while (trainer.step() < scenario.steps() && trainer.stoppedAt().isEmpty()) {
        long end = Math.min(scenario.steps(), (trainer.step() / epoch + 1) * epoch);
        double loss = Double.NaN;
        while (trainer.step() < end && trainer.stoppedAt().isEmpty()) {
          loss = trainer.run(1)[0];
          progress.step();
        }
        Trajectory.Moment moment = Trajectory.Moment.of(trainer, loss);
        moments.add(moment);
        print(
            moment, (moment.step() + epoch - 1) / epoch, trainer.evaluate(workload.data().test()));
      }
    }
    if (trajectory != null) {
      Trajectory all = new Trajectory(scenario, backend, moments, trainer.stoppedAt());
      byte[] text =
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(all.json());
      AtomicFile.write(trajectory, out -> out.write(text));
    }
    if (trainer.stoppedAt().isPresent()) {
      throw new InputException(
          "scenario",
          "learning-rate",
          scenario.learning().rate(),
          "under which the loss was not finite at step " + (trainer.stoppedAt().getAsLong() + 1));
    }
    if (save != null) {
      ParametersFile.write(save, trainer.parameters());
    }
  }

  private static void print(Trajectory.Moment moment, long epoch, Evaluation evaluation) {
    StringBuilder layers = new StringBuilder();
    for (Trajectory.Layer layer : moment.layers()) {
      layers.append(
          String.format(
              Locale.ROOT,
              "  %d of %d, %.3g",
              layer.classes(),
              layer.units(),
              layer.divergence().relativeSpread()));
    }
    System.out.printf(
        Locale.ROOT,
        " %6d %8d %10.4f %8.1f%%%s%n",
        epoch,
        moment.step(),
        evaluation.loss(),
        100 * evaluation.accuracy(),
        layers);
  }

  /** What the file or the flags say, and what is usual where they say nothing. */
  Scenario scenario() {
    if (scenarioFile != null) {
      refuse("--data", data);
      refuse("--hidden", hidden);
      refuse("--activation", activation);
      refuse("--init", init);
      refuse("--learning-rate", rate);
      refuse("--optimizer", optimizer);
      refuse("--schedule", schedule);
      refuse("--weight-decay", decay);
      refuse("--batch", batch);
      refuse("--steps", steps);
      refuse("--seed", seed);
      return ScenarioFile.read(scenarioFile);
    }
    return new Scenario(
        DataSource.parse("--data", or(data, "digits")),
        or(hidden, List.of(128)),
        Labelled.of(Activation.class, "--activation", or(activation, "tanh")),
        Initialization.parse("--init", or(init, "glorot-uniform")),
        new Learning(
            LearningRate.parse("--learning-rate", or(rate, "0.1")),
            Rule.parse("--optimizer", or(optimizer, "sgd")),
            Schedule.parse("--schedule", or(schedule, "constant")),
            Learning.parseDecay("--weight-decay", or(decay, "0"))),
        or(batch, 33),
        or(steps, 400),
        or(seed, 1L));
  }

  private static <T> T or(@Nullable T given, T usual) {
    return given == null ? usual : given;
  }

  private static void refuse(String flag, @Nullable Object value) {
    if (value != null) {
      throw new InputException(
          flag, "value", value, "which contradicts --scenario; leave one of the two out");
    }
  }
}
