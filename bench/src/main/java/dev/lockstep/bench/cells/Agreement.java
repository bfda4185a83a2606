package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Percent;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of comparing a backend with the reference.
 *
 * @param verdict AGREES, DIFFERS or INCONCLUSIVE
 * @param tier strictness of the comparison
 * @param steps number of steps compared; in {@link Tier#EXACT_DATA} the number of products, in
 *     {@link Tier#EDGE_CASES} of cases
 * @param share largest error as a share of its bound; 0 in tiers without a bound
 * @param difference first element that differs; null if there is none or its position is unknown
 * @param reason one clause that explains the verdict
 */
public record Agreement(
    Verdict verdict,
    Tier tier,
    int steps,
    double share,
    @Nullable Difference difference,
    String reason) {

  public boolean agrees() {
    return verdict == Verdict.AGREES;
  }

  /** Returns a verdict other than AGREES as a word. */
  Code code() {
    if (verdict == Verdict.INCONCLUSIVE) {
      return Code.INCONCLUSIVE;
    }
    return switch (tier) {
      case BITS -> Code.BITS_DIFFER;
      case EXACT_DATA -> Code.EXACT_DATA_DIFFER;
      case EDGE_CASES -> Code.EDGE_CASE_DIFFERS;
      case BOUND -> Code.BOUND_EXCEEDED;
      case QUOTIENT -> Code.QUOTIENT_DIFFERS;
      case SAMPLE -> Code.SAMPLE_DIFFERS;
      case VERDICTS -> Code.RUN_DIFFERS;
    };
  }

  public static Agreement bits(int steps) {
    return new Agreement(
        Verdict.AGREES,
        Tier.BITS,
        steps,
        0,
        null,
        "the loss and all parameters of every step, and all tensors, moments and evaluations"
            + " compared, are equal");
  }

  static Agreement differs(int steps, Difference difference) {
    return new Agreement(Verdict.DIFFERS, Tier.BITS, steps, 0, difference, difference.toString());
  }

  /** Returns DIFFERS for something other than an element of a tensor. */
  static Agreement differs(int steps, String reason) {
    return new Agreement(Verdict.DIFFERS, Tier.BITS, steps, 0, null, reason);
  }

  /**
   * Returns DIFFERS for an edge case.
   *
   * @param number number of the case, from 1
   */
  static Agreement edgeCase(int number, Difference difference) {
    return new Agreement(
        Verdict.DIFFERS, Tier.EDGE_CASES, number, 0, difference, difference.element());
  }

  /** Returns DIFFERS for an edge case that is no element of a tensor. */
  static Agreement edgeCase(int number, String reason) {
    return new Agreement(Verdict.DIFFERS, Tier.EDGE_CASES, number, 0, null, reason);
  }

  /**
   * Returns AGREES if {@code share} is at most 1, else DIFFERS.
   *
   * @param difference first element outside its bound; null if there is none or it is unknown
   */
  static Agreement within(Tier tier, int steps, double share, @Nullable Difference difference) {
    String used = used(share);
    return new Agreement(
        share <= 1 ? Verdict.AGREES : Verdict.DIFFERS,
        tier,
        steps,
        share,
        difference,
        difference == null ? used : difference + "; " + used);
  }

  private static String used(double share) {
    return String.format(Locale.ROOT, "%.3g%% of the bound used", 100 * share);
  }

  /** Returns how much of the bound was used, as text. */
  String used() {
    return used(share);
  }

  /** Returns this agreement with another clause after its reason. */
  Agreement because(String clause) {
    return new Agreement(verdict, tier, steps, share, difference, reason + "; " + clause);
  }

  /**
   * Combines the samples of several steps: AGREES if every sampled element passed, else DIFFERS
   * with the first difference.
   */
  static Agreement sample(List<SampleTally> tallies) {
    for (SampleTally tally : tallies) {
      if (tally.difference().isPresent()) {
        Difference difference = tally.difference().get();
        return new Agreement(
            Verdict.DIFFERS, Tier.SAMPLE, tallies.size(), 0, difference, difference.toString());
      }
    }
    long equal = tallies.stream().mapToLong(SampleTally::equal).sum();
    long bounded = tallies.stream().mapToLong(SampleTally::bounded).sum();
    double share = tallies.stream().mapToDouble(SampleTally::share).max().orElse(0);
    return new Agreement(
        share <= 1 ? Verdict.AGREES : Verdict.DIFFERS,
        Tier.SAMPLE,
        tallies.size(),
        share,
        null,
        String.format(
            Locale.ROOT,
            "%d elements recomputed bit for bit, %d within %.3g%% of their bounds",
            equal,
            bounded,
            100 * share));
  }

  /**
   * Returns this agreement as one of a training that stopped, because its loss was not finite. What
   * agreed until then does not show that the rest would have; a difference stays one.
   *
   * @param stop the step, counted from 1, whose loss was not finite
   */
  Agreement until(long stop) {
    return agrees()
        ? new Agreement(
            Verdict.INCONCLUSIVE,
            tier,
            steps,
            share,
            null,
            String.format(
                Locale.ROOT,
                "%s compared before the loss was not finite at step %d",
                steps == 0 ? "no step was" : steps == 1 ? "1 step was" : steps + " steps were",
                stop))
        : this;
  }

  /** Returns verdict and tier, such as {@code AGREES (bits)} or {@code AGREES (bound, 3%)}. */
  public String label() {
    return switch (verdict) {
      case AGREES, DIFFERS ->
          isWithoutShare()
              ? verdict + " (" + tier.label() + ")"
              : String.format(Locale.ROOT, "%s (%s, %s)", verdict, tier.label(), Percent.of(share));
      case INCONCLUSIVE, FAILED, UNAVAILABLE, UNSUPPORTED -> verdict + " (" + reason + ")";
    };
  }

  private boolean isWithoutShare() {
    return switch (tier) {
      case BITS, EDGE_CASES, VERDICTS -> true;
      case SAMPLE -> share == 0;
      case BOUND, EXACT_DATA, QUOTIENT -> false;
    };
  }
}
