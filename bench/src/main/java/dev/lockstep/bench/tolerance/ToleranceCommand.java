package dev.lockstep.bench.tolerance;

import dev.lockstep.agreement.ProductTolerance;
import dev.lockstep.agreement.StepBound;
import dev.lockstep.agreement.TensorTolerance;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.report.JsonFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.bench.train.ScenarioOptions;
import dev.lockstep.data.Dataset;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code lockstep tolerance}: derives the tolerances of tests. */
@Command(
    name = "tolerance",
    mixinStandardHelpOptions = true,
    description = {
      "Derives rtol and atol for tests that compare a product, or every tensor of a training step,"
          + " with its exact value: |actual - exact| <= atol + rtol |exact|, as numpy.allclose and"
          + " torch.testing.assert_close compare.",
      "",
      "A tolerance by the bound never raises a false alarm. One by statistics sees smaller errors"
          + " of random operands, and raises a false alarm in at most one of 10^6 tests. Each is"
          + " printed with the smallest relative error that it sees: in all elements, and in one"
          + " element of median size.",
      ""
    },
    footer = {
      "",
      "With --scenario or its flags, as `train` has them, the tolerances are those of the tensors"
          + " of the first step. Exit codes: 0 printed; 2 a flag or a file was wrong.",
      "",
      "Examples:",
      "  lockstep tolerance --shape 64x1024x1024",
      "  lockstep tolerance --shape 64x1024x1024 --precision tf32 --json tolerance.json",
      "  lockstep tolerance --shape 64x1024x1024 --operands equal",
      "  lockstep tolerance --operands operands.npz",
      "  lockstep tolerance --hidden 256 --activation tanh --batch 64"
    })
public final class ToleranceCommand implements Callable<Integer>, NamesScenario {
  static final String RANDOM = "random";
  static final String EQUAL = "equal";

  @Option(
      names = "--shape",
      converter = Shape.Values.class,
      paramLabel = "MxNxK",
      description = "A product with M rows, N columns and sums of K terms.")
  @Nullable Shape shape;

  @Option(
      names = "--operands",
      converter = Kinds.class,
      completionCandidates = Kinds.class,
      paramLabel = "OPERANDS",
      description =
          "random (the default: standard normal), equal (all elements 1, or any other number), or"
              + " an .npz file with the arrays A and B of a product A B.")
  @Nullable String operands;

  @Option(
      names = "--precision",
      converter = Precision.Values.class,
      completionCandidates = Precision.Values.class,
      paramLabel = "P",
      description = "fp32, or products of operands rounded to tf32 or bf16 (default: fp32).")
  Precision precision = Precision.FP32;

  @Mixin final ScenarioOptions options = new ScenarioOptions();

  private final ReportFiles<Tolerances> files =
      new ReportFiles<>(List.of(new JsonFormat<>(ToleranceJson::of)));

  @Mixin private final CommandSpec formats = files.flags();

  private static final class Kinds extends FlagValues.Texts {
    Kinds() {
      super(RANDOM + ", " + EQUAL);
    }
  }

  @Override
  public String sourceOf(String field) {
    return options.sourceOf(field);
  }

  @Override
  public Integer call() {
    files.require(List.of());
    Tolerances tolerances = tolerances();
    ToleranceText.print(tolerances, Printer.out());
    return files.write(tolerances, 0);
  }

  private Tolerances tolerances() {
    if (operands != null) {
      options.refuseAll("--operands");
      return switch (operands) {
        case RANDOM, EQUAL -> ofShape(operands);
        default -> ofFile(path(operands));
      };
    }
    if (shape != null) {
      options.refuseAll("--shape");
      return ofShape(RANDOM);
    }
    if (!options.isGiven()) {
      throw new InputException(
          "--shape",
          "shape",
          "missing",
          "expected MxNxK such as 64x1024x1024, or --operands, --scenario or a flag of it");
    }
    return ofStep(options.scenario());
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new InputException(
          "--operands", "operands", text, "expected random, equal or the path of an .npz file");
    }
  }

  private Tolerances ofShape(String operands) {
    if (shape == null) {
      throw new InputException(
          "--shape", "shape", "missing", "expected MxNxK such as 64x1024x1024");
    }
    shape.require("--shape", precision);
    ProductTolerance tolerance =
        operands.equals(EQUAL)
            ? ProductTolerance.ofEqual(shape.k(), precision.bound())
            : ProductTolerance.ofNormal(shape.m(), shape.n(), shape.k(), precision.bound());
    return new Tolerances.OfProduct(precision, shape, operands, tolerance);
  }

  private Tolerances ofFile(Path file) {
    Operands given = Operands.read(file);
    if (shape != null && !shape.equals(given.shape())) {
      throw new InputException(
          "--shape", "shape", shape, "but the product of " + file + " has " + given.shape());
    }
    given.shape().require(file.toString(), precision);
    ProductTolerance tolerance =
        HeapLimit.naming(
            file.toString(),
            "product",
            () ->
                ProgressDisplay.during(
                    "tolerance",
                    () -> ProductTolerance.of(given.a(), given.b(), precision.bound())));
    return new Tolerances.OfProduct(precision, given.shape(), file.toString(), tolerance);
  }

  private Tolerances ofStep(Scenario scenario) {
    Dataset dataset = ProgressDisplay.during("data", () -> scenario.data().load(scenario.seed()));
    Backend oracle = Backends.oracle();
    memory(scenario, dataset, oracle).require(scenario.network(dataset));
    Workload workload = scenario.prepare(dataset);
    List<TensorTolerance> tensors =
        HeapLimit.naming(
            options.sourceOf("hidden"),
            "network",
            () -> ProgressDisplay.during("tolerance", () -> tensors(oracle, workload)));
    for (TensorTolerance each : tensors) {
      if (!(each.tolerance().atol() <= Float.MAX_VALUE)) {
        throw new InputException(
            options.sourceOf("data"),
            "atol of " + each.tensor(),
            each.tolerance().atol(),
            "expected a step that does not overflow binary32");
      }
    }
    return new Tolerances.OfStep(
        precision, workload.network().toString(), scenario.batch(), tensors);
  }

  private List<TensorTolerance> tensors(Backend oracle, Workload workload) {
    StepBound bound =
        StepBound.of(
            workload, 0, workload.initial(), List.of(), precision.rounding(), Subnormals.KEPT);
    try (Trainer trainer = oracle.open(workload, new Resources(1))) {
      Probe exact = trainer.probe();
      return bound.tolerances(exact, trainer.parameters());
    }
  }

  /** The bounds are as many numbers again as those of a probed step, in binary64. */
  private static MemoryNeed memory(Scenario scenario, Dataset dataset, Backend oracle) {
    Network network = scenario.network(dataset);
    int bytes = oracle.elementBytes();
    MemoryNeed probe = MemoryNeed.ofProbe(network, scenario.batch(), bytes);
    return MemoryNeed.ofData(dataset)
        .plus(MemoryNeed.ofInitialParameters(network))
        .plus(oracle.trainerHeap(network, scenario.batch(), dataset.test().rows()))
        .plus(MemoryNeed.ofParameters(network, bytes))
        .plus(MemoryNeed.ofMoments(network, scenario.learning().rule(), 2 * bytes))
        .plus(probe)
        .plus(probe);
  }
}
