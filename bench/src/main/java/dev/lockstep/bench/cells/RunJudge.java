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
 * Judges whole runs of libraries, which share no bits with anybody: each against an exact backend
 * in the same cell that is itself beyond reproach, the first that ran as many steps.
 *
 * <ul>
 *   <li>After the first and after the last step, units that are apart there must be apart here. A
 *       library may set more units apart, since nobody promised equal columns of its products equal
 *       bits; that is a break, which is named.
 *   <li>On the test rows at the end, {@link AccuracyLimit}. A library that broke lockstep has
 *       trained a network that can do more, and may be better by any amount, but not worse. Beyond
 *       the limit, the steps may not determine the accuracy: then the exact backend runs {@link
 *       Nearby}, and the limit is counted from the nearest accuracy between the least and the
 *       greatest of its own.
 * </ul>
 *
 * <p>Of units that started equal and that noise sets apart, classes are not compared: a library
 * that rounds its operands may not see how little they are apart.
 *
 * <p>If no exact backend ran as many steps, unit classes after the first are all that is compared.
 */
record RunJudge(Outcome library, Outcome exact, int testRows, Classes classes, Accuracies nearby) {

  /** Tells how far rounding alone moves the accuracy of an exact backend. */
  interface Accuracies {
    /** Of the runs of {@link Nearby} that a library is held against. */
    DoubleSummaryStatistics of(Outcome exact, Outcome library);
  }

  /** What is asked of the classes of units. */
  enum Classes {
    /** Those of the exact backend. */
    COMPARED,
    /** Nothing: noise sets equal units apart. */
    LEFT_TO_NOISE;

    /** In the cells of a scenario. */
    static Classes of(Scenario scenario) {
      return scenario.noiseSetsApart() ? LEFT_TO_NOISE : COMPARED;
    }
  }

  /** The outcomes of a cell, each library's with what it came to, where there is an exact one. */
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

  /** When both are looked at. */
  private record Moment(String name, Spread library, Spread exact) {}

  private Outcome judged() {
    boolean throughout = library.steps() == exact.steps();
    if (classes == Classes.LEFT_TO_NOISE) {
      return throughout ? library.with(byAccuracy(Optional.empty()), null) : library;
    }
    List<Moment> moments = new ArrayList<>();
    moments.add(new Moment("the first step", library.atFirst(), exact.atFirst()));
    if (throughout) {
      moments.add(new Moment("step " + library.steps(), library.atLast(), exact.atLast()));
    }
    Optional<String> merged = first(moments, this::merged);
    if (merged.isPresent()) {
      return library.with(
          new Agreement(Verdict.DIFFERS, Tier.VERDICTS, library.steps(), 0, null, merged.get()),
          null);
    }
    Optional<String> split = first(moments, this::split);
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

  /** Where units started equal, the watch has named step and operation. */
  private @Nullable String unexplained(Optional<String> split) {
    return library.lockstep() instanceof LockstepState.NotAsked ? split.orElse(null) : null;
  }

  /** Two units of one class on one side and of two on the other, if there are. */
  private static Optional<String> parted(UnitClasses joined, UnitClasses apart) {
    int[] of = joined.classOf();
    return IntStream.range(0, of.length)
        .filter(j -> apart.classOf()[j] != apart.classOf()[of[j]])
        .mapToObj(j -> "units " + of[j] + " and " + j)
        .findFirst();
  }

  private interface Look {
    Optional<String> at(UnitClasses library, UnitClasses exact);
  }

  /** What is seen first. */
  private static Optional<String> first(List<Moment> moments, Look look) {
    for (Moment moment : moments) {
      for (int h = 0; h < moment.exact().layers().size(); h++) {
        Optional<String> seen =
            look.at(moment.library().layers().get(h), moment.exact().layers().get(h));
        if (seen.isPresent()) {
          return Optional.of(
              "after " + moment.name() + ", hidden layer " + (h + 1) + ": " + seen.get());
        }
      }
    }
    return Optional.empty();
  }

  /** Units of one class on the library that the exact backend sets apart. */
  private Optional<String> merged(UnitClasses here, UnitClasses there) {
    return parted(here, there)
        .map(units -> units + " are equal" + of(here.count(), here) + ", but differ on ")
        .map(said -> said + exact.backend() + " (" + there.count() + " classes)");
  }

  /** Units of one class on the exact backend, and not the library, by more than a zero's sign. */
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
