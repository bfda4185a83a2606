package dev.lockstep.bench.study;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.study.UnitStudy.Chance;
import dev.lockstep.bench.study.UnitStudy.Example;
import dev.lockstep.bench.study.UnitStudy.Seed;
import dev.lockstep.bench.study.UnitStudy.Side;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Quotient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Trains a tanh network with one hidden layer from copies of one random unit, and from random
 * units, of which the copied one is the first. The copies learn at the rates with which they follow
 * the network with one unit, see {@link LearningRate.Quotient}.
 *
 * @param source where the rows come from
 * @param dataset the rows
 * @param width the units, at least 2
 * @param batch rows of a step
 * @param steps steps of a training
 * @param seed of the first drawing
 * @param seeds the number of seeds, at least 2, with which both are trained
 */
record UnitExperiment(
    DataSource source, Dataset dataset, int width, int batch, int steps, long seed, int seeds) {

  /** The step sizes at which weights of 1/20 show what is learned, without Glorot's noise. */
  private static final double RATE = 0.1;

  private static final Initialization RANDOM = new Initialization.Normal(0.05);
  private static final Initialization COPIES = new Initialization.Copies(RANDOM);

  /** The share of weights that a picture shows without clipping. */
  private static final double SHOWN = 0.97;

  private static final int EXAMPLES = 6;

  private static final int FULL = 100;

  /** The leading digits of the steps that are looked at. */
  private static final int[] DIGITS = {1, 2, 3, 5, 7};

  Network network() {
    return new Network(dataset.inputs(), List.of(width), Activation.TANH, dataset.classes());
  }

  /** The number of trainings on the first backend, and how often others are looked at. */
  long looks(int backends) {
    return (long) moments().size() * (2L * backends + 1) + 2L * (seeds - 1);
  }

  /**
   * Carries the experiment out.
   *
   * @param backends those that are to have the same bits; the first trains everything
   * @param looked called whenever a training was looked at
   * @throws Stage.NotFinite if a training overflows
   */
  UnitStudy on(List<Candidate> backends, Resources resources, Runnable looked) {
    Candidate first = backends.getFirst();
    List<Integer> at = moments();
    UnitTraining equal = train(first, resources, workload(COPIES, seed), at, looked);
    UnitTraining random = train(first, resources, workload(RANDOM, seed), at, looked);
    UnitTraining one =
        train(first, resources, Quotient.workload(workload(COPIES, seed)), at, looked);
    List<String> agreeing = new ArrayList<>(List.of(first.name()));
    List<String> differing = new ArrayList<>();
    for (Candidate other : backends.subList(1, backends.size())) {
      Optional<Difference> difference =
          difference(equal, train(other, resources, workload(COPIES, seed), at, looked), at)
              .or(
                  () ->
                      difference(
                          random, train(other, resources, workload(RANDOM, seed), at, looked), at));
      difference.ifPresentOrElse(
          found -> differing.add(other.name() + " differs from " + first.name() + ": " + found),
          () -> agreeing.add(other.name()));
    }
    List<Seed> ends = new ArrayList<>();
    ends.add(new Seed(seed, equal.end().right(), random.end().right()));
    UnitTraining second = random;
    for (int i = 1; i < seeds; i++) {
      long other = seed + i;
      List<Integer> end = List.of(steps);
      UnitTraining itsRandom = train(first, resources, workload(RANDOM, other), end, looked);
      UnitTraining itsEqual = train(first, resources, workload(COPIES, other), end, looked);
      ends.add(new Seed(other, itsEqual.end().right(), itsRandom.end().right()));
      second = i == 1 ? itsRandom : second;
    }
    double scale = scale(random.last().weights(0));
    return new UnitStudy(
        Document.UNITS.version(),
        Document.UNITS.kind(),
        agreeing,
        differing,
        dataset.name(),
        network().toString(),
        "gradient descent",
        batch,
        steps,
        seed,
        dataset.train().rows(),
        dataset.test().rows(),
        image(dataset.inputs()),
        scale,
        Math.log(dataset.classes()),
        examples(dataset.test(), dataset.classes()),
        new Side(COPIES.toString(), rate(COPIES).toString(), equal.moments(scale)),
        new Side(RANDOM.toString(), rate(RANDOM).toString(), random.moments(scale)),
        one.qualities(),
        ends,
        chance(random, second, scale));
  }

  private static UnitTraining train(
      Candidate backend,
      Resources resources,
      Workload workload,
      List<Integer> at,
      Runnable looked) {
    return UnitTraining.of(backend.backend(), resources, workload, at, looked);
  }

  private static Optional<Difference> difference(
      UnitTraining expected, UnitTraining actual, List<Integer> at) {
    return IntStream.range(0, at.size())
        .mapToObj(
            i ->
                Difference.first(
                    at.get(i), expected.parameters().get(i), actual.parameters().get(i)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static LearningRate rate(Initialization initialization) {
    return initialization.unitsStartEqual()
        ? new LearningRate.Quotient(RATE)
        : new LearningRate.Uniform(RATE);
  }

  private Workload workload(Initialization initialization, long seed) {
    return new Scenario(
            source,
            List.of(width),
            Activation.TANH,
            initialization,
            Loss.CROSS_ENTROPY,
            Learning.sgd(rate(initialization)),
            batch,
            steps,
            seed)
        .prepare(dataset);
  }

  /** Start, 1, 2, 3, 5, 7, 10, 20, ... and the end. */
  List<Integer> moments() {
    return LongStream.concat(
            LongStream.of(0, steps),
            LongStream.iterate(1, power -> power <= steps, power -> 10 * power)
                .flatMap(power -> Arrays.stream(DIGITS).mapToLong(digit -> digit * power)))
        .filter(step -> step <= steps)
        .distinct()
        .sorted()
        .mapToObj(Math::toIntExact)
        .toList();
  }

  /** A square if the inputs form one, otherwise one row. */
  private static List<Integer> image(int inputs) {
    int side = (int) Math.sqrt(inputs);
    return side * side == inputs ? List.of(side, side) : List.of(1, inputs);
  }

  private static double scale(Matrix weights) {
    double[] magnitudes =
        IntStream.range(0, weights.size())
            .mapToDouble(weights::value)
            .map(Math::abs)
            .sorted()
            .toArray();
    double scale = magnitudes[(int) (SHOWN * (magnitudes.length - 1))];
    return scale > 0 ? scale : 1;
  }

  /** The first test row of each class, of the first classes. */
  private static List<Example> examples(Examples rows, int classes) {
    return IntStream.range(0, classes)
        .mapToObj(
            label ->
                IntStream.range(0, rows.rows()).filter(i -> rows.labels()[i] == label).findFirst())
        .flatMapToInt(found -> found.stream())
        .limit(EXAMPLES)
        .mapToObj(row -> example(rows, row))
        .toList();
  }

  private static Example example(Examples rows, int row) {
    float[] features =
        Arrays.copyOfRange(rows.features(), row * rows.inputs(), (row + 1) * rows.inputs());
    double largest = 0;
    for (float feature : features) {
      largest = Math.max(largest, Math.abs(feature));
    }
    double most = largest == 0 ? 1 : largest;
    return new Example(
        rows.labels()[row],
        IntStream.range(0, features.length)
            .mapToObj(i -> (int) Math.round(FULL * features[i] / most))
            .toList());
  }

  private Chance chance(UnitTraining one, UnitTraining other, double scale) {
    UnitMatching before =
        UnitMatching.of(
            responses(workload(RANDOM, seed).initial()),
            responses(workload(RANDOM, seed + 1).initial()));
    UnitMatching after = UnitMatching.of(responses(one.last()), responses(other.last()));
    return new Chance(
        List.of(seed, seed + 1),
        List.of(one.end().right(), other.end().right()),
        List.of(UnitTraining.weights(one.last(), scale), UnitTraining.weights(other.last(), scale)),
        after.correlations().stream()
            .map(row -> row.stream().map(r -> (int) Math.round(FULL * r)).toList())
            .toList(),
        after.assignment(),
        after.byAssignment(),
        before.byAssignment(),
        after.byNumber(),
        after.ofAny(),
        after.standardError());
  }

  private DoubleMatrix responses(Parameters parameters) {
    return Responses.ofFirstLayer(parameters, dataset.test());
  }
}
