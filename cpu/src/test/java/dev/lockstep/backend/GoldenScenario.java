package dev.lockstep.backend;

import dev.lockstep.data.Teacher;
import dev.lockstep.input.Labelled;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.stream.Stream;

/**
 * A scenario whose bits are recorded in {@link GoldenFile}: between them they have every
 * activation, loss, rule, schedule, kind of rate and initialisation, and awkward sizes.
 *
 * @param name unique, for messages
 * @param fields data, hidden layers (0 for none), activation, initialisation, loss, noise, rate,
 *     optimizer, schedule, weight decay, batch, seed and, at the end, normalization where there is
 *     any, in the product's text forms
 */
record GoldenScenario(String name, List<String> fields) {

  static final int STEPS = 20;

  private static final int NORMALIZATION = 12;

  private static final int TRAIN_ROWS = 100;
  private static final int TEST_ROWS = 40;

  private static final List<GoldenScenario> ALL =
      """
      no-hidden-layer    digits        0          identity   zero           cross-entropy 0     0.1          sgd              constant    0     33  1
      one-unit           teacher:1x2   1          tanh       normal:0.5     cross-entropy 0     0.1          sgd              constant    0     1   2
      least-squares      teacher:7x3   0          identity   lecun-normal   squared-error 0     0.1          nesterov:0.9     cosine:15   0.01  7   3
      whole-set-a-step   teacher:33x7  7          sigmoid    he-uniform     cross-entropy 0     0.2          momentum:0.5     constant    0     100 4
      one-row-a-step     teacher:7x3   33-7       relu       he-normal      cross-entropy 0     0.01         sgd              constant    0     1   5
      identity           teacher:33x7  33-7       identity   glorot-uniform cross-entropy 0     0.05         sgd              constant    0     33  6
      relu               teacher:33x7  33-7       relu       he-normal      cross-entropy 0     0.05         sgd              constant    0     33  7
      leaky-relu         teacher:33x7  33-7       leaky-relu he-uniform     cross-entropy 0     0.05         sgd              constant    0     33  8
      tanh               teacher:33x7  33-7       tanh       glorot-normal  cross-entropy 0     0.05         sgd              constant    0     33  9
      sigmoid            teacher:33x7  33-7       sigmoid    lecun-uniform  cross-entropy 0     0.5          sgd              constant    0     33  10
      gelu               teacher:33x7  33-7       gelu       he-normal      cross-entropy 0     0.05         sgd              constant    0     33  11
      identity-squares   teacher:7x3   7-33-7     identity   lecun-normal   squared-error 0     0.01         sgd              constant    0.01  33  12
      relu-squares       teacher:7x3   7-33-7     relu       he-uniform     squared-error 0     0.02         momentum:0.9     constant    0.01  33  13
      leaky-relu-squares teacher:7x3   7-33-7     leaky-relu he-normal      squared-error 0     0.02         nesterov:0.9     constant    0     33  14
      tanh-squares       teacher:7x3   7-33-7     tanh       glorot-uniform squared-error 0     0.01         adam             constant    0     33  15
      sigmoid-squares    teacher:7x3   7-33-7     sigmoid    normal:0.5     squared-error 0     0.01         adam             constant    0.01  33  16
      gelu-squares       teacher:7x3   7-33-7     gelu       uniform:0.5    squared-error 0     0.1          sgd              step:6:0.5  0     33  17
      identity-noise     teacher:7x3   33         identity   equal          cross-entropy 0.1   0.1          momentum:0.9     constant    0     33  18
      relu-noise         teacher:7x3   33-7       relu       equal          cross-entropy 0.1   0.1          sgd              constant    0     33  19
      leaky-relu-noise   teacher:7x3   33-7       leaky-relu equal          cross-entropy 0.01  0.1          adam             constant    0     33  20
      tanh-noise         teacher:7x3   33-7       tanh       zero           cross-entropy 0.1   0.1          nesterov:0.9     constant    0     33  21
      sigmoid-noise      teacher:7x3   33-7       sigmoid    constant:0.01  squared-error 0.1   0.1          sgd              constant    0.01  33  22
      gelu-noise         teacher:7x3   33-7-7     gelu       equal          squared-error 0.001 0.1          momentum:0.9     cosine:30   0     33  23
      sgd-decay          teacher:33x7  7          tanh       normal:0.3     cross-entropy 0     0.1          sgd              constant    0.01  7   24
      sgd-step           teacher:33x7  7          tanh       normal:0.3     cross-entropy 0     0.1          sgd              step:3:0.3  0     7   25
      sgd-cosine-decay   teacher:33x7  7          tanh       normal:0.3     cross-entropy 0     0.1          sgd              cosine:12   0.01  7   26
      momentum-cosine    teacher:33x7  7          gelu       normal:0.3     cross-entropy 0     0.1          momentum:0.9     cosine:12   0.01  7   27
      nesterov-step      teacher:33x7  7          relu       uniform:0.3    cross-entropy 0     0.1          nesterov:0.7     step:5:0.5  0.01  7   28
      adam               teacher:33x7  7-7        gelu       uniform:0.3    cross-entropy 0     0.01         adam             constant    0     7   29
      adam-all           teacher:33x7  7-7        tanh       uniform:0.3    cross-entropy 0     0.01         adam:0.8:0.95:1e-4 cosine:30 0.01 7  30
      rate-a-layer       teacher:33x7  7-33       tanh       glorot-uniform cross-entropy 0     0.1,0.05,0.2 momentum:0.9     step:8:0.1  0.001 33  31
      lockstep           teacher:33x7  129-33     tanh       equal          cross-entropy 0     quotient:0.1 sgd              constant    0     33  32
      lockstep-adam      teacher:7x3   33-33      gelu       equal          cross-entropy 0     quotient:0.01 adam            constant    0.01  7   33
      lockstep-nesterov  teacher:7x3   33-7       relu       constant:0.1   squared-error 0     quotient:0.05 nesterov:0.9    cosine:25   0.01  33  34
      groups             teacher:7x3   33-33      sigmoid    groups:20+12+1 cross-entropy 0     quotient:0.5 momentum:0.9     constant    0     33  35
      perturbed          teacher:7x3   33-7       tanh       perturbed:0.001 cross-entropy 0    0.1          sgd              constant    0     33  36
      hadamard           teacher:33x7  33-7-129   relu       hadamard       cross-entropy 0     0.05         sgd              constant    0     33  37
      identity-weights   teacher:33x7  33-33-7    leaky-relu identity       cross-entropy 0     0.05         adam             constant    0     33  38
      wide               teacher:129x250 250      relu       he-normal      cross-entropy 0     0.05         sgd              constant    0     7   39
      wide-gelu          teacher:250x33 129-129   gelu       glorot-normal  cross-entropy 0     0.02         adam             constant    0.001 7   40
      overflow           digits        33-7       identity   glorot-uniform cross-entropy 0     1e12         sgd              constant    0     33  41
      overflow-momentum  teacher:7x3   33         relu       he-normal      squared-error 0.1   3e5          momentum:0.9     constant    0     33  42
      overflow-adam      teacher:7x3   33-7       leaky-relu he-normal      squared-error 0     1e9          adam             constant    0.01  33  43
      overflow-at-once   teacher:7x3   33-7       gelu       normal:1e30    cross-entropy 0     0.1          adam             constant    0     33  44
      copies             teacher:33x7  33-7       tanh       copies         cross-entropy 0     quotient:0.1 sgd              constant    0     33  55
      copies-he          teacher:7x3   33-33-7    relu       copies:he-normal squared-error 0   quotient:0.1 momentum:0.9     constant    0.01  7   56
      orthogonal         teacher:33x7  129-7-33   tanh       orthogonal     cross-entropy 0     0.05         sgd              constant    0     33  45
      orthogonal-squares teacher:7x3   7-33       gelu       orthogonal     squared-error 0.01  0.01         adam             cosine:30   0.01  7   46
      normalized-identity teacher:33x7 33-7       identity   glorot-uniform cross-entropy 0     0.05         sgd              constant    0     33  47  batch
      normalized-relu    teacher:33x7  33-7       relu       he-normal      cross-entropy 0     0.05         momentum:0.9     step:8:0.5  0     33  48  batch
      normalized-leaky   teacher:7x3   129        leaky-relu he-uniform     squared-error 0     0.02         nesterov:0.9     constant    0.01  2   49  batch
      normalized-tanh    teacher:7x3   7-33-7     tanh       glorot-normal  cross-entropy 0     0.01         adam             cosine:30   0.01  7   50  batch
      normalized-sigmoid digits        33-17      sigmoid    lecun-uniform  cross-entropy 0     0.5          sgd              constant    0     33  51  batch
      normalized-gelu    teacher:250x33 129-7     gelu       normal:0.3     squared-error 0.1   0.05         momentum:0.9     constant    0     33  52  batch
      normalized-lockstep teacher:33x7 129-33     tanh       equal          cross-entropy 0     quotient:0.1 sgd              constant    0     33  53  batch
      normalized-overflow teacher:7x3  33-7       identity   he-normal      squared-error 0     1e12         sgd              constant    0     33  54  batch
      """
          .lines()
          .map(line -> List.of(line.split(" +")))
          .map(words -> new GoldenScenario(words.getFirst(), words.subList(1, words.size())))
          .toList();

  /**
   * Whether it says how it is normalized; one that does not is older than that there is a choice.
   */
  boolean isNormalized() {
    return fields.size() > NORMALIZATION;
  }

  static Stream<GoldenScenario> all() {
    return ALL.stream();
  }

  Scenario scenario() {
    String source = "golden scenario " + name;
    return new Scenario(
        DataSource.parse(source, fields.get(0)),
        fields.get(1).equals("0")
            ? List.of()
            : Stream.of(fields.get(1).split("-")).map(Integer::valueOf).toList(),
        isNormalized()
            ? Labelled.of(Normalization.class, source, fields.get(NORMALIZATION))
            : Normalization.NONE,
        Labelled.of(Activation.class, source, fields.get(2)),
        Initialization.parse(source, fields.get(3)),
        Labelled.of(Loss.class, source, fields.get(4)),
        Double.parseDouble(fields.get(5)),
        new Learning(
            LearningRate.parse(source, fields.get(6)),
            Rule.parse(source, fields.get(7)),
            Schedule.parse(source, fields.get(8)),
            Learning.parseDecay(source, fields.get(9))),
        Integer.parseInt(fields.get(10)),
        STEPS,
        Long.parseLong(fields.get(11)));
  }

  /** Few rows, so that batches soon run over the end of an epoch. */
  Workload workload() {
    Scenario scenario = scenario();
    return scenario.prepare(
        switch (scenario.data()) {
          case DataSource.SyntheticTeacher(int inputs, int classes) ->
              Teacher.generate(inputs, classes, TRAIN_ROWS, TEST_ROWS, scenario.seed());
          case DataSource.EmbeddedDigits _ -> Samples.DIGITS;
          case DataSource other -> other.load(scenario.seed());
        });
  }

  @Override
  public String toString() {
    return name;
  }
}
