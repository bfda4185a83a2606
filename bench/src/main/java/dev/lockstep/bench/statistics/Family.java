package dev.lockstep.bench.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Comparisons that are judged together, because they stand in one table and one reads the most
 * striking row: by the rule of {@link Verdict}.
 *
 * @param ratios the subject's time over the baseline's, one a comparison
 * @param floor of all of them
 */
public record Family(List<Estimate> ratios, NoiseFloor floor) {

  private static final double LEVEL = 1 - Inference.CONFIDENCE;

  /** Why a comparison is UNDECIDED, or that it is not. */
  public enum Ground {
    /** It is decided. */
    DECIDED(""),
    /** The samples tell nothing of how they vary. */
    NO_INTERVAL("no interval: at least 2 forks that differ are needed"),
    /** The interval lies neither wholly beyond the floor nor wholly within what may be the same. */
    WIDE("the interval is too wide for the noise floor: more forks are needed"),
    /** The interval would do for one comparison, but not for so many. */
    MANY("would be decided if it were the only one, but not among so many comparisons");

    private final String text;

    Ground(String text) {
      this.text = text;
    }

    /** A clause for people. */
    public String text() {
      return text;
    }
  }

  /**
   * The verdict of one comparison.
   *
   * @param difference p-value of no difference, adjusted for the family
   * @param sameness p-value of a difference, adjusted for the family
   */
  public record Judgement(Verdict verdict, Ground ground, double difference, double sameness) {}

  /** Copies the list. */
  public Family {
    ratios = List.copyOf(ratios);
  }

  /** One a ratio, in their order. */
  public List<Judgement> judgements() {
    double[] differences = adjusted(this::difference);
    double[] samenesses = adjusted(this::sameness);
    List<Judgement> judgements = new ArrayList<>();
    for (int i = 0; i < ratios.size(); i++) {
      judgements.add(judgement(ratios.get(i), differences[i], samenesses[i]));
    }
    return judgements;
  }

  private Judgement judgement(Estimate ratio, double difference, double sameness) {
    Optional<Interval> interval = ratio.interval(Inference.CONFIDENCE);
    if (interval.isEmpty()) {
      return new Judgement(Verdict.UNDECIDED, Ground.NO_INTERVAL, difference, sameness);
    }
    Verdict alone = alone(interval.get());
    double p = alone == Verdict.SAME ? sameness : difference;
    if (alone == Verdict.UNDECIDED) {
      return new Judgement(alone, Ground.WIDE, difference, sameness);
    }
    return p <= LEVEL
        ? new Judgement(alone, Ground.DECIDED, difference, sameness)
        : new Judgement(Verdict.UNDECIDED, Ground.MANY, difference, sameness);
  }

  private Verdict alone(Interval interval) {
    if (interval.upper() < floor.range().lower()) {
      return Verdict.FASTER;
    }
    if (interval.lower() > floor.range().upper()) {
      return Verdict.SLOWER;
    }
    return floor.sameRange().contains(interval) ? Verdict.SAME : Verdict.UNDECIDED;
  }

  /**
   * Which comparisons are slower by more than a limit: the near (lower) end of the 95% interval
   * lies above 1 + limit, and the p-value of that bound, adjusted for the family, is at most 5%.
   * The floor has no part in it.
   *
   * @param limit as a share: 0.05 for 5%
   */
  public List<Boolean> slowerBy(double limit) {
    double bound = 1 + limit;
    double[] p = adjusted(ratio -> ratio.value() > bound ? ratio.pValue(bound) : 1);
    List<Boolean> slower = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      Optional<Interval> interval = ratios.get(i).interval(Inference.CONFIDENCE);
      slower.add(interval.isPresent() && interval.get().lower() > bound && p[i] <= LEVEL);
    }
    return slower;
  }

  /** The p-value of "within the floor": that of its nearer edge. */
  private double difference(Estimate ratio) {
    Interval range = floor.range();
    if (range.contains(ratio.value())) {
      return 1;
    }
    return ratio.pValue(ratio.value() < range.lower() ? range.lower() : range.upper());
  }

  /**
   * The p-value of "not the same": the larger of those of the two edges, each two-sided, which is
   * twice that of the usual two one-sided tests, so that it goes with the interval that is shown.
   */
  private double sameness(Estimate ratio) {
    Interval range = floor.sameRange();
    return range.contains(ratio.value())
        ? Math.max(ratio.pValue(range.lower()), ratio.pValue(range.upper()))
        : 1;
  }

  private double[] adjusted(ToDoubleFunction<Estimate> pValue) {
    return Holm.adjusted(ratios.stream().mapToDouble(pValue).toArray());
  }
}
