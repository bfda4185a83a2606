package dev.lockstep.bench.train;

import dev.lockstep.bench.FlagValues;
import dev.lockstep.bench.Lists;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.InputException;
import dev.lockstep.model.Labelled;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say what is trained: a file, or the fields of one. */
public final class ScenarioOptions {

  @Option(
      names = "--scenario",
      paramLabel = "FILE",
      description = "Read the scenario from a file; then flags may not change it.")
  @Nullable Path file;

  @Option(
      names = "--data",
      completionCandidates = FlagValues.Data.class,
      paramLabel = "D",
      description = DataSource.FORMS + " (digits).")
  @Nullable String data;

  @Option(
      names = "--hidden",
      split = Lists.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "N",
      description = "Units of each hidden layer (128).")
  @Nullable List<Integer> hidden;

  @Option(
      names = "--activation",
      completionCandidates = FlagValues.Activations.class,
      paramLabel = "F",
      description = Activation.LABELS + " (tanh).")
  @Nullable String activation;

  @Option(
      names = "--init",
      completionCandidates = FlagValues.Initializations.class,
      paramLabel = "I",
      description = Initialization.FORMS + " (glorot-uniform).")
  @Nullable String init;

  @Option(
      names = "--loss",
      completionCandidates = FlagValues.Losses.class,
      paramLabel = "L",
      description = Loss.LABELS + " (cross-entropy).")
  @Nullable String loss;

  @Option(
      names = "--noise",
      paramLabel = "D",
      description = "Standard deviation of noise on each hidden unit in each step (0).")
  @Nullable String noise;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "One rate, one rate per layer separated by commas, or quotient:RATE (0.1).")
  @Nullable String rate;

  @Option(
      names = "--optimizer",
      completionCandidates = RuleWords.class,
      paramLabel = "O",
      description = Rule.FORMS + " (sgd).")
  @Nullable String optimizer;

  @Option(
      names = "--schedule",
      completionCandidates = ScheduleWords.class,
      paramLabel = "S",
      description = Schedule.FORMS + " (constant).")
  @Nullable String schedule;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      description = "Factor of the weight that is added to its gradient (0).")
  @Nullable String decay;

  @Option(names = "--batch", paramLabel = "N", description = "Rows of a step (33).")
  @Nullable Integer batch;

  @Option(names = "--steps", paramLabel = "N", description = "Steps (400).")
  @Nullable Integer steps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of parameters, batches and noise (1).")
  @Nullable Long seed;

  private static final class RuleWords extends FlagValues.Texts {
    RuleWords() {
      super(Rule.FORMS);
    }
  }

  private static final class ScheduleWords extends FlagValues.Texts {
    ScheduleWords() {
      super(Schedule.FORMS);
    }
  }

  /**
   * What the file or the flags say, and what is usual where they say nothing.
   *
   * @throws InputException naming file or flag, field and value
   */
  public Scenario scenario() {
    if (file != null) {
      refuseFields("--scenario");
      return ScenarioFile.read(file);
    }
    return new Scenario(
        DataSource.parse("--data", or(data, "digits")),
        or(hidden, List.of(128)),
        Labelled.of(Activation.class, "--activation", or(activation, "tanh")),
        Initialization.parse("--init", or(init, "glorot-uniform")),
        Labelled.of(Loss.class, "--loss", or(loss, Loss.CROSS_ENTROPY.label())),
        UnitNoise.parseDeviation("--noise", or(noise, "0")),
        new Learning(
            LearningRate.parse("--learning-rate", or(rate, "0.1")),
            Rule.parse("--optimizer", or(optimizer, "sgd")),
            Schedule.parse("--schedule", or(schedule, "constant")),
            Learning.parseDecay("--weight-decay", or(decay, "0"))),
        or(batch, 33),
        or(steps, 400),
        or(seed, 1L));
  }

  /** Refuses every flag here beside one that says it all. */
  void refuseAll(String flag) {
    refuse("--scenario", file, flag);
    refuseFields(flag);
  }

  private void refuseFields(String flag) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("--data", data);
    fields.put("--hidden", hidden);
    fields.put("--activation", activation);
    fields.put("--init", init);
    fields.put("--loss", loss);
    fields.put("--noise", noise);
    fields.put("--learning-rate", rate);
    fields.put("--optimizer", optimizer);
    fields.put("--schedule", schedule);
    fields.put("--weight-decay", decay);
    fields.put("--batch", batch);
    fields.put("--steps", steps);
    fields.put("--seed", seed);
    fields.forEach((name, value) -> refuse(name, value, flag));
  }

  private static void refuse(String name, @Nullable Object value, String flag) {
    if (value != null) {
      throw new InputException(
          name, "value", value, "which contradicts " + flag + "; leave one of the two out");
    }
  }

  private static <T> T or(@Nullable T given, T usual) {
    return given == null ? usual : given;
  }
}
