package dev.lockstep.bench.statistics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Computes estimates from all benchmarks of a run together.
 *
 * <p>A run may have two stages, see {@link Staged}: each benchmark gets the forks of the first, and
 * how many more it gets depends on the variance of those.
 *
 * @param <K> the names of the benchmarks
 */
public final class RunInference<K> {

  /** The number of forks of the first stage if all numbers of forks were fixed in advance. */
  public static final int EVERY_FORK = Integer.MAX_VALUE;

  private static final Component NONE = new Component(0, 1);

  /**
   * How variances were moderated.
   *
   * @param benchmarks whose variances were drawn towards one another
   * @param prior the degrees of freedom that the other benchmarks add to those of one
   * @param rounds the standard deviation of the rounds' effects on logarithms of times
   */
  public record Moderated(int benchmarks, double prior, double rounds) {}

  private final Inference inference;
  private final int firstStage;
  private final Map<K, Measured> benchmarks = new LinkedHashMap<>();
  private final Optional<Moderation> moderation;

  /**
   * A benchmark.
   *
   * @param variance of a fork's logarithm, if it is moderated
   */
  private record Measured(Forks forks, Optional<Component> variance) {}

  private RunInference(Inference inference, Map<K, Forks> forks, int firstStage) {
    this.inference = inference;
    this.firstStage = firstStage;
    moderation = Moderation.of(forks.values().stream().map(this::first).toList());
    int row = 0;
    for (Map.Entry<K, Forks> each : forks.entrySet()) {
      int own = row++;
      benchmarks.put(
          each.getKey(), new Measured(each.getValue(), moderation.flatMap(all -> all.own(own))));
    }
  }

  /**
   * Prepares the estimates of a run.
   *
   * @param forks those of each benchmark, in the order of the rounds in which they ran
   * @param firstStage the number of forks of each benchmark that was fixed in advance, or {@link
   *     #EVERY_FORK}
   */
  public static <K> RunInference<K> of(Inference inference, Map<K, Forks> forks, int firstStage) {
    return new RunInference<>(inference, new LinkedHashMap<>(forks), firstStage);
  }

  /** How variances were moderated; empty if they were not. */
  public Optional<Moderated> moderated() {
    return moderation.map(Moderation::summary);
  }

  /**
   * The typical time of a benchmark, in the unit of its times.
   *
   * @throws IllegalArgumentException if it is not of this run
   */
  public Estimate time(K name) {
    return isBootstrapped(name) ? inference.bootstrap(forks(name), null) : staged(name).estimate();
  }

  /**
   * Subject time over baseline time, from forks that did not run in blocks. What a round does to
   * both cancels.
   */
  public Estimate ratio(K subject, K baseline) {
    if (isBootstrapped(subject) && isBootstrapped(baseline)) {
      return inference.bootstrap(forks(subject), forks(baseline));
    }
    double unpaired = Math.abs(1.0 / forks(subject).count() - 1.0 / forks(baseline).count());
    return Student.of(
        mean(subject) - mean(baseline),
        Component.sum(
            isModerated(subject) && isModerated(baseline)
                ? Component.sumOfAlike(own(subject), own(baseline))
                : Component.sum(own(subject), own(baseline)),
            ofRounds().times(unpaired)),
        common(method(subject), method(baseline)));
  }

  /** Subject time over the time of a baseline that was measured in another run. */
  public Estimate ratio(K subject, RunInference<K> other, K baseline) {
    if (isBootstrapped(subject) && other.isBootstrapped(baseline)) {
      return inference.bootstrap(forks(subject), other.forks(baseline));
    }
    return Student.of(
        mean(subject) - other.mean(baseline),
        Component.sum(own(subject), shared(subject), other.own(baseline), other.shared(baseline)),
        common(method(subject), other.method(baseline)));
  }

  /** The forks of a benchmark as measurements in two stages. */
  public Staged staged(K name) {
    double count = forks(name).count();
    return new Staged(
        forks(name).logLevels(inference.level()),
        firstStage,
        Component.sum(own(name), shared(name)).times(count),
        method(name));
  }

  private static Estimate.Method common(Estimate.Method a, Estimate.Method b) {
    return a == b ? a : Estimate.Method.STUDENT;
  }

  /** The bootstrap needs many forks whose number was fixed in advance. */
  private boolean isBootstrapped(K name) {
    int count = forks(name).count();
    return count >= Inference.BOOTSTRAP_FORKS && count <= firstStage && !isModerated(name);
  }

  private boolean isModerated(K name) {
    return measured(name).variance().isPresent();
  }

  private Estimate.Method method(K name) {
    return isModerated(name) ? Estimate.Method.MODERATED : Estimate.Method.STUDENT;
  }

  private double mean(K name) {
    return Student.mean(forks(name).logLevels(inference.level()));
  }

  /** The squared error of the mean that does not come from the rounds. */
  private Component own(K name) {
    return measured(name)
        .variance()
        .orElseGet(() -> Student.variance(first(forks(name))))
        .times(1.0 / forks(name).count());
  }

  /** The squared error of the mean that comes from the rounds. */
  private Component shared(K name) {
    return isModerated(name) ? ofRounds().times(1.0 / forks(name).count()) : NONE;
  }

  private Component ofRounds() {
    return moderation.map(Moderation::ofRounds).orElse(NONE);
  }

  private double[] first(Forks all) {
    return all.range(0, Math.min(all.count(), firstStage)).logLevels(inference.level());
  }

  private Forks forks(K name) {
    return measured(name).forks();
  }

  private Measured measured(K name) {
    Measured found = benchmarks.get(name);
    if (found == null) {
      throw new IllegalArgumentException("not in this run: " + name);
    }
    return found;
  }
}
