package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Percent;
import dev.lockstep.agreement.ProductCheck;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.agreement.Visibility;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
 * @param visible which errors would have been seen; NONE in tiers that do not say
 */
public record Agreement(
    Verdict verdict,
    Tier tier,
    int steps,
    double share,
    @Nullable Difference difference,
    String reason,
    Visibility visible) {

  /** An agreement in a tier that does not say which errors it sees. */
  public Agreement(
      Verdict verdict,
      Tier tier,
      int steps,
      double share,
      @Nullable Difference difference,
      String reason) {
    this(verdict, tier, steps, share, difference, reason, Visibility.NONE);
  }

  public boolean agrees() {
    return verdict == Verdict.AGREES;
  }

  /** Returns a verdict other than AGREES as a word. */
  Code code() {
    if (verdict == Verdict.ALARM) {
      return Code.ERROR_ALARM;
    }
    if (verdict == Verdict.INCONCLUSIVE) {
      return Code.INCONCLUSIVE;
    }
    return switch (tier) {
      case BITS -> Code.BITS_DIFFER;
      case EXACT_DATA -> Code.EXACT_DATA_DIFFER;
      case OWN_ORDER -> Code.OWN_ORDER_DIFFERS;
      case OPERATIONS -> Code.OPERATION_DIFFERS;
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
    return new Agreement(verdict, tier, steps, share, difference, reason + "; " + clause, visible);
  }

  /**
   * Combines the operations of several steps: AGREES if every element passed, else DIFFERS with the
   * first difference.
   */
  static Agreement operations(List<SampleTally> tallies) {
    int steps = tallies.size();
    double share = tallies.stream().mapToDouble(SampleTally::share).max().orElse(0);
    Visibility visible =
        tallies.stream()
            .map(SampleTally::visible)
            .max(Comparator.comparingDouble(Visibility::error))
            .orElse(Visibility.NONE);
    for (SampleTally tally : tallies) {
      Optional<Difference> seen = tally.difference().or(tally::outside);
      if (seen.isPresent()) {
        Difference difference = seen.get();
        String reason = difference + (tally.difference().isPresent() ? "" : "; " + used(share));
        return new Agreement(
            Verdict.DIFFERS, Tier.OPERATIONS, steps, share, difference, reason, visible);
      }
    }
    Optional<String> alarm = tallies.stream().flatMap(each -> each.alarm().stream()).findFirst();
    if (alarm.isPresent()) {
      String reason =
          String.format(
              Locale.ROOT,
              "%s; a sound check shows that once in %.0e",
              alarm.get(),
              1 / ProductCheck.FALSE_ALARMS);
      return new Agreement(Verdict.ALARM, Tier.OPERATIONS, steps, share, null, reason, visible);
    }
    String reason =
        String.format(
            Locale.ROOT,
            "%d elements recomputed bit for bit, %d within %.3g%% of their bounds",
            tallies.stream().mapToLong(SampleTally::equal).sum(),
            tallies.stream().mapToLong(SampleTally::bounded).sum(),
            100 * share);
    return new Agreement(Verdict.AGREES, Tier.OPERATIONS, steps, share, null, reason, visible);
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
                stop),
            visible)
        : this;
  }

  /**
   * Returns verdict and tier, such as {@code AGREES (bits)}, {@code AGREES (bound, 3%)}, {@code
   * AGREES (operations, sees 3e-07)} or {@code ALARM (operations, by chance 1e-06)}.
   */
  public String label() {
    if (verdict == Verdict.AGREES && tier == Tier.OWN_ORDER) {
      return verdict + " (bits, " + tier.label() + ")";
    }
    if (verdict == Verdict.AGREES && tier == Tier.OPERATIONS && visible.error() > 0) {
      return String.format(
          Locale.ROOT, "%s (%s, sees %.0e)", verdict, tier.label(), visible.error());
    }
    return switch (verdict) {
      case AGREES, DIFFERS ->
          isWithoutShare()
              ? verdict + " (" + tier.label() + ")"
              : String.format(Locale.ROOT, "%s (%s, %s)", verdict, tier.label(), Percent.of(share));
      case ALARM ->
          String.format(
              Locale.ROOT,
              "%s (%s, by chance %.0e)",
              verdict,
              tier.label(),
              ProductCheck.FALSE_ALARMS);
      case INCONCLUSIVE, FAILED, UNAVAILABLE, UNSUPPORTED -> verdict + " (" + reason + ")";
    };
  }

  private boolean isWithoutShare() {
    return switch (tier) {
      case BITS, OWN_ORDER, EDGE_CASES, VERDICTS -> true;
      case OPERATIONS, SAMPLE -> share == 0;
      case BOUND, EXACT_DATA, QUOTIENT -> false;
    };
  }
}
