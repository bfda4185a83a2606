package dev.lockstep.bench.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The comparisons of one table, judged together by the rule of {@link Verdict}: readers pick out
 * the most striking row, so that p-values are corrected for the number of rows.
 *
 * @param ratios subject time over baseline time, one per comparison
 * @param floor the noise floor of all comparisons
 */
public record Family(List<Estimate> ratios, NoiseFloor floor) {

  private static final double LEVEL = 1 - Inference.CONFIDENCE;

  /** Whether a comparison is decided, or why it is UNDECIDED. */
  public enum Ground {
    /** The verdict is FASTER, SLOWER or SAME. */
    DECIDED(""),
    /** The samples do not show how much they vary. */
    NO_INTERVAL("no interval: at least 2 forks that differ are needed"),
    /** The interval crosses an edge of the noise floor. */
    WIDE("the interval is too wide for the noise floor: more forks are needed"),
    /** The interval decides, but the adjusted p-value does not. */
    MANY("would be decided if it were the only one, but not among so many comparisons");

    private final String text;

    Ground(String text) {
      this.text = text;
    }

    /** The reason as a clause; empty for {@link #DECIDED}. */
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

  /** The verdicts, in the order of the ratios. */
  public List<Judgement> judgements() {
    double[] differences = adjusted(this::difference);
    double[] samenesses = adjusted(this::sameness);
    List<Judgement> judgements = new ArrayList<>();
    for (int i = 0; i < ratios.size(); i++) {
      judgements.add(
          judgement(ratios.get(i).interval(Inference.CONFIDENCE), differences[i], samenesses[i]));
    }
    return judgements;
  }

  /**
   * Judges one comparison.
   *
   * @param interval of its ratio; empty if the samples do not show how much they vary
   * @param difference p-value of no difference, adjusted for the family
   * @param sameness p-value of a difference, adjusted for the family
   */
  public Judgement judgement(Optional<Interval> interval, double difference, double sameness) {
    Verdict alone = interval.map(this::alone).orElse(Verdict.UNDECIDED);
    double p = alone == Verdict.SAME ? sameness : difference;
    Ground ground =
        interval.isEmpty()
            ? Ground.NO_INTERVAL
            : alone == Verdict.UNDECIDED ? Ground.WIDE : p <= LEVEL ? Ground.DECIDED : Ground.MANY;
    Verdict verdict = ground == Ground.DECIDED ? alone : Verdict.UNDECIDED;
    return new Judgement(verdict, ground, difference, sameness);
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
   * Tells for each comparison whether it is slower by more than a limit: the lower end of its 95%
   * interval lies above 1 + limit, and the p-value of that bound, adjusted for the family, is at
   * most 5%. The noise floor does not count here.
   *
   * @param limit relative: 0.05 for 5%
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

  /** The p-value of a ratio within the floor: that of the nearer edge. */
  private double difference(Estimate ratio) {
    Interval range = floor.range();
    if (range.contains(ratio.value())) {
      return 1;
    }
    return ratio.pValue(ratio.value() < range.lower() ? range.lower() : range.upper());
  }

  /**
   * The p-value of a ratio outside the range of SAME: the larger of the two edges' p-values. They
   * are two-sided, twice those of the usual two one-sided tests, to agree with the printed
   * interval.
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
