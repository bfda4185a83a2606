package dev.lockstep.bench.cells;

import dev.lockstep.agreement.AccuracyLimit;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Kind;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.symmetry.UnitClasses;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Judges the whole run of a library by its unit classes and its accuracy, since its bits may differ
 * from any other backend's. The run is compared with the first exact backend in the same cell that
 * itself passed, preferably one that ran the same number of steps.
 *
 * <ul>
 *   <li>After the first and the last step, units that differ on the exact backend must differ on
 *       the library. A library may separate more units, because no library promises equal bits for
 *       equal columns of a product; such a break is reported as a finding.
 *   <li>After the last step, the accuracy on the test rows must be within {@link AccuracyLimit}. A
 *       library that broke lockstep has trained a network of higher capacity; it may be better by
 *       any amount, but not worse. Outside the limit, rounding may decide the accuracy. Then the
 *       exact backend runs {@link Nearby}, and the limit is measured from the nearest point of the
 *       range of its accuracies.
 * </ul>
 *
 * <p>If noise separates units that started equal, classes are not compared, because a library that
 * rounds its operands may round the small differences away.
 *
 * <p>If no exact backend ran the same number of steps, only the unit classes after the first step
 * are compared.
 */
record RunJudge(Outcome library, Outcome exact, int testRows, Classes classes, Accuracies nearby) {

  /** Measures how far rounding alone moves the accuracy of an exact backend. */
  interface Accuracies {
    /** Returns the accuracies of the runs of {@link Nearby} that a library is compared with. */
    DoubleSummaryStatistics of(Outcome exact, Outcome library);
  }

  /** Whether unit classes are compared. */
  enum Classes {
    /** The library's classes are compared with those of the exact backend. */
    COMPARED,
    /** Classes are not compared, because noise separates equal units. */
    LEFT_TO_NOISE;

    /** Returns how the classes of a scenario are judged. */
    static Classes of(Scenario scenario) {
      return scenario.noiseSetsApart() ? LEFT_TO_NOISE : COMPARED;
    }
  }

  /**
   * Returns the outcomes of a cell, with the agreement of each library added if an exact backend
   * passed.
   */
  static List<Outcome> judged(
      List<Outcome> outcomes, int testRows, Classes classes, Accuracies nearby) {
    return outcomes.stream()
        .map(outcome -> judged(outcome, outcomes, testRows, classes, nearby))
        .toList();
  }

  private static Outcome judged(
      Outcome outcome, List<Outcome> outcomes, int testRows, Classes classes, Accuracies nearby) {
    if (!outcome.kind().isLibrary()) {
      return outcome;
    }
    List<Outcome> sound =
        outcomes.stream()
            .filter(o -> o.kind() == Kind.EXACT && o.verdict() == Verdict.AGREES)
            .toList();
    return sound.stream()
        .filter(o -> o.steps() == outcome.steps())
        .findFirst()
        .or(() -> sound.stream().findFirst())
        .map(exact -> new RunJudge(outcome, exact, testRows, classes, nearby).judged())
        .orElse(outcome);
  }

  /** The spread of both backends after one step. */
  private record Snapshot(String name, Spread library, Spread exact) {}

  private Outcome judged() {
    boolean throughout = library.steps() == exact.steps();
    if (classes == Classes.LEFT_TO_NOISE) {
      return throughout ? library.with(byAccuracy(Optional.empty()), null) : library;
    }
    List<Snapshot> snapshots = new ArrayList<>();
    snapshots.add(new Snapshot("the first step", library.atFirst(), exact.atFirst()));
    if (throughout) {
      snapshots.add(new Snapshot("step " + library.steps(), library.atLast(), exact.atLast()));
    }
    Optional<String> merged = first(snapshots, this::merged);
    if (merged.isPresent()) {
      return library.with(
          new Agreement(Verdict.DIFFERS, Tier.VERDICTS, library.steps(), 0, null, merged.get()),
          null);
    }
    Optional<String> split = first(snapshots, this::split);
    return library.with(throughout ? byAccuracy(split) : ofFirstStep(), unexplained(split));
  }

  private Agreement ofFirstStep() {
    return new Agreement(
        Verdict.AGREES,
        Tier.VERDICTS,
        1,
        0,
        null,
        String.format(
            Locale.ROOT,
            "unit classes of %s after the first step; it ran no more than %d",
            exact.backend(),
            exact.steps()));
  }

  private Agreement byAccuracy(Optional<String> split) {
    boolean broken = split.isPresent() || library.lockstep() instanceof LockstepState.Broken;
    AccuracyLimit.Owed owed = broken ? AccuracyLimit.Owed.NOT_WORSE : AccuracyLimit.Owed.ALIKE;
    double own = library.evaluation().accuracy();
    double reference = exact.evaluation().accuracy();
    AccuracyLimit accuracy = new AccuracyLimit(testRows, own, reference, owed);
    double share = accuracy.share();
    String ofOthers = "";
    if (share > 1) {
      DoubleSummaryStatistics near = nearby.of(exact, library);
      near.accept(reference);
      double nearest = Math.clamp(own, near.getMin(), near.getMax());
      share = new AccuracyLimit(testRows, own, nearest, owed).share();
      ofOthers =
          String.format(
              Locale.ROOT,
              "; %d runs of %s on features that differ by a rounding come to %.1f%% to %.1f%%",
              near.getCount(),
              exact.backend(),
              100 * near.getMin(),
              100 * near.getMax());
    }
    return new Agreement(
        share <= 1 ? Verdict.AGREES : Verdict.DIFFERS,
        Tier.VERDICTS,
        library.steps(),
        share,
        null,
        String.format(
            Locale.ROOT,
            "%s %s; %s%s",
            switch (classes) {
              case COMPARED -> broken ? "a named break of the unit classes of" : "unit classes of";
              case LEFT_TO_NOISE -> "units separated by noise, as on";
            },
            exact.backend(),
            accuracy,
            ofOthers));
  }

  /**
   * Returns the split only if the units did not start equal; otherwise the watch already names step
   * and operation.
   */
  private @Nullable String unexplained(Optional<String> split) {
    return library.lockstep() instanceof LockstepState.NotAsked ? split.orElse(null) : null;
  }

  /** Finds two units that share a class in {@code joined} and do not in {@code apart}. */
  private static Optional<String> parted(UnitClasses joined, UnitClasses apart) {
    int[] of = joined.classOf();
    return IntStream.range(0, of.length)
        .filter(j -> apart.classOf()[j] != apart.classOf()[of[j]])
        .mapToObj(j -> "units " + of[j] + " and " + j)
        .findFirst();
  }

  private interface ClassDifference {
    Optional<String> between(UnitClasses library, UnitClasses exact);
  }

  /** Returns the first match, in order of step and layer. */
  private static Optional<String> first(List<Snapshot> snapshots, ClassDifference difference) {
    for (Snapshot snapshot : snapshots) {
      for (int h = 0; h < snapshot.exact().layers().size(); h++) {
        Optional<String> seen =
            difference.between(
                snapshot.library().layers().get(h), snapshot.exact().layers().get(h));
        if (seen.isPresent()) {
          return Optional.of(
              "after " + snapshot.name() + ", hidden layer " + (h + 1) + ": " + seen.get());
        }
      }
    }
    return Optional.empty();
  }

  /** Describes two units that are equal on the library and differ on the exact backend. */
  private Optional<String> merged(UnitClasses here, UnitClasses there) {
    return parted(here, there)
        .map(units -> units + " are equal" + of(here.count(), here) + ", but differ on ")
        .map(said -> said + exact.backend() + " (" + there.count() + " classes)");
  }

  /**
   * Describes two units that are equal on the exact backend and differ on the library by more than
   * the sign of a zero.
   */
  private Optional<String> split(UnitClasses here, UnitClasses there) {
    return parted(there, here)
        .filter(_ -> here.countByValue() > there.countByValue())
        .map(units -> units + " differ" + of(here.countByValue(), here) + ", but are equal on ")
        .map(said -> said + exact.backend() + " (" + there.countByValue() + " classes)");
  }

  private static String of(int classes, UnitClasses layer) {
    return " (" + classes + " classes of " + layer.classOf().length + " units)";
  }
}
