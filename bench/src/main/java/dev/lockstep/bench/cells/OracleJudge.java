package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.bench.cells.Dispute.Blamed;
import dev.lockstep.bench.cells.Dispute.Evidence;
import dev.lockstep.bench.cells.StepJudge.ObservedStep;
import dev.lockstep.bench.cells.StepJudge.Shares;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Judges the first and the last step of backends in binary64, each from the backend's own state:
 * those of the first exact backend, of every exact backend that has other bits, and of libraries.
 * Those of the first and of libraries are judged operation by operation too; what a library shows
 * of its operations makes the bound of its whole step needless.
 *
 * <p>Who is blamed for a disagreement is decided by a {@link Dispute}.
 */
final class OracleJudge implements AutoCloseable {

  private final String oracle;
  private final StepJudge judge;
  private final OperationJudge operations;
  private final Function<Contender, ProbedView> views;

  /** The current step of each contender, recorded before the watch may rerun it. */
  private final Map<Contender, ObservedStep> observed = new HashMap<>();

  private final Map<Contender, Shares> judged = new HashMap<>();
  private @Nullable Contender first;

  /**
   * @param orders the orders in which libraries add
   * @param resources those of the judged backends
   * @param views each contender's tensors
   */
  OracleJudge(
      Backend oracle,
      Workload workload,
      OwnOrders orders,
      Resources resources,
      Function<Contender, ProbedView> views) {
    this.oracle = oracle.name();
    this.views = views;
    judge = new StepJudge(oracle, workload);
    operations = new OperationJudge(oracle, workload, orders, resources);
  }

  /** Called before a contender's next step. */
  void before(Contender contender) {
    if (first == null && contender.backend.kind() == Kind.EXACT) {
      first = contender;
    }
    observed.remove(contender);
    if (contender.judgedNext() && contender.backend.kind() != Kind.ORACLE) {
      if (contender == first || contender.backend.kind().isLibrary()) {
        operations.before(contender, views.apply(contender));
      }
      if (isJudgedByOperations(contender) && !contender.inLockstep()) {
        return;
      }
      Parameters now = views.apply(contender).parameters();
      List<Parameters> moments = contender.watched.trainer().moments();
      observed.put(contender, new ObservedStep(now, moments, 0, Optional.empty(), now));
    }
  }

  /** Called after that step. */
  void after(Contender contender, double loss) {
    ProbedView view = views.apply(contender);
    boolean probed = contender.watched.trainer().inspection() != Inspection.RESULTS_ONLY;
    observed.computeIfPresent(
        contender,
        (_, due) ->
            new ObservedStep(
                due.before(),
                due.moments(),
                loss,
                probed ? Optional.of(view.probe()) : Optional.empty(),
                view.parameters()));
    operations.after(contender, view, loss);
  }

  /** Returns whether each result of a library's step is judged from the operands that it used. */
  private static boolean isJudgedByOperations(Contender contender) {
    return contender.backend.kind().isLibrary()
        && switch (contender.watched.trainer().inspection()) {
          case EVERY_TENSOR, NO_PRODUCTS -> true;
          case COMPUTED_AGAIN, RESULTS_ONLY -> false;
        };
  }

  /** Called when all contenders in {@code ran} have run step {@code step}, counted from 1. */
  void afterAll(int step, List<Contender> ran) {
    List<Contender> due =
        ran.stream()
            .filter(c -> c == first || c.backend.kind().isLibrary() || hasOtherBits(c))
            .toList();
    // What is not judged would take memory that the judge needs.
    observed.keySet().retainAll(due);
    due.forEach(contender -> judge(step, contender));
  }

  private void judge(int step, Contender contender) {
    ObservedStep known = observed.remove(contender);
    if (known != null && Double.isFinite(known.loss())) {
      StepJudge.Units units =
          contender.inLockstep() ? StepJudge.Units.IN_LOCKSTEP : StepJudge.Units.APART;
      judge
          .judge(step - 1, known, units, contender.backend)
          .ifPresent(now -> judged.merge(contender, now, Shares::plus));
    }
  }

  private static boolean hasOtherBits(Contender contender) {
    return contender.agreements.stream()
        .anyMatch(each -> each.tier() == Tier.BITS && each.verdict() == Verdict.DIFFERS);
  }

  /** Adds the agreements with the oracle, after those of bits. */
  void conclude(List<Contender> left) {
    for (Contender contender : left) {
      if (contender.backend.kind().isLibrary()) {
        contender.errors = operations.errors(contender);
        operations.ofOwnOrder(contender).ifPresent(contender.agreements::add);
        operationsOf(contender).ifPresent(contender.agreements::add);
        if (!isJudgedByOperations(contender)) {
          boundOf(contender)
              .map(each -> besides(each, this::boundOf))
              .ifPresent(contender.agreements::add);
        }
        quotientOf(contender)
            .map(each -> besides(each, this::quotientOf))
            .ifPresent(contender.agreements::add);
      } else if (hasOtherBits(contender)) {
        contender.agreements.replaceAll(each -> sided(contender, each));
      }
    }
    Contender reference = first;
    if (reference != null) {
      place(reference, left, boundOf(reference), this::boundOf);
      place(reference, left, quotientOf(reference), this::quotientOf);
      placeOperations(reference, left);
    }
  }

  /**
   * Adds what the reference and the oracle make of each other's operations. If one is outside its
   * bound, the values that both are compared with tell which of the two is wrong.
   */
  private void placeOperations(Contender reference, List<Contender> left) {
    Optional<Agreement> own = operationsOf(reference);
    own.filter(is(Verdict.DIFFERS)).ifPresent(reference.agreements::add);
    oracleOf(left)
        .ifPresent(
            other ->
                operations
                    .ofOracle()
                    .filter(is(Verdict.DIFFERS))
                    .or(() -> own.filter(is(Verdict.DIFFERS).negate()))
                    .ifPresent(other.agreements::add));
  }

  private Optional<Agreement> operationsOf(Contender contender) {
    return operations
        .of(contender)
        .map(
            each -> contender.stop().isPresent() ? each.until(contender.stop().getAsLong()) : each);
  }

  private static Optional<Contender> oracleOf(List<Contender> left) {
    return left.stream().filter(c -> c.backend.kind() == Kind.ORACLE).findFirst();
  }

  /** Returns how a contender's judged steps agree with binary64; empty if none was to be judged. */
  private Optional<Agreement> boundOf(Contender contender) {
    Optional<Agreement> bound = sharesOf(contender).map(Shares::bound);
    return contender.stop().isEmpty()
        ? bound
        : Optional.of(
            bound
                .orElse(Agreement.within(Tier.BOUND, 0, 0, null))
                .until(contender.stop().getAsLong()));
  }

  private Optional<Agreement> quotientOf(Contender contender) {
    return sharesOf(contender).flatMap(Shares::quotient);
  }

  private Optional<Shares> sharesOf(Contender contender) {
    return Optional.ofNullable(judged.get(contender));
  }

  private static Predicate<Agreement> is(Verdict verdict) {
    return agreement -> agreement.verdict() == verdict;
  }

  /** Adds to a library's difference that the reference differs from the oracle too. */
  private Agreement besides(Agreement own, Function<Contender, Optional<Agreement>> tier) {
    Optional<Contender> alike =
        Optional.ofNullable(first)
            .filter(c -> tier.apply(c).filter(is(Verdict.DIFFERS)).isPresent());
    return own.agrees() || alike.isEmpty()
        ? own
        : own.because(alike.get().backend.name() + " disagrees with " + oracle + " too");
  }

  /** Adds to a difference of bits with whom the oracle sides, if it can tell. */
  private Agreement sided(Contender contender, Agreement bits) {
    Contender reference = first;
    Optional<Agreement> own = boundOf(contender);
    Optional<Agreement> other =
        reference == null || reference == contender ? Optional.empty() : boundOf(reference);
    if (reference == null || own.isEmpty() || other.isEmpty()) {
      return bits;
    }
    String name = contender.backend.name();
    String than = reference.backend.name();
    boolean agrees = own.get().agrees();
    boolean otherAgrees = other.get().agrees();
    if (agrees == otherAgrees) {
      return bits.because(
          agrees
              ? "both are within the rounding bound of " + oracle
              : oracle + " disagrees with both");
    }
    return bits.because(oracle + " sides with " + (agrees ? name + " against " + than : than));
  }

  /** Adds an agreement of the reference with the oracle to whom it concerns. */
  private void place(
      Contender reference,
      List<Contender> left,
      Optional<Agreement> own,
      Function<Contender, Optional<Agreement>> tier) {
    if (own.isEmpty()) {
      return;
    }
    Agreement agreement = own.get();
    Optional<Contender> other = oracleOf(left);
    if (agreement.verdict() != Verdict.DIFFERS) {
      (agreement.tier() == Tier.BOUND ? other : Optional.of(reference))
          .ifPresent(contender -> contender.agreements.add(agreement));
      return;
    }
    List<Contender> alike =
        left.stream()
            .filter(c -> c != reference && c.backend.kind() == Kind.EXACT && !hasOtherBits(c))
            .toList();
    Dispute dispute =
        new Dispute(
            reference.backend.name(),
            oracle,
            names(alike),
            names(third(left, reference, tier, is(Verdict.AGREES))),
            names(
                third(left, reference, tier, each -> isAlike(each, agreement)).stream()
                    .filter(c -> c.backend.kind() == Kind.LIBRARY_STEP)
                    .toList()),
            evidence(reference, agreement));
    Agreement explained = dispute.explained(agreement);
    if (dispute.blamed() == Blamed.BACKEND) {
      reference.agreements.add(explained);
      alike.forEach(contender -> contender.agreements.add(explained));
    } else {
      other.orElse(reference).agreements.add(explained);
    }
  }

  /**
   * Returns what decides a dispute without a third backend. Every operation of the reference was
   * compared with two computations in binary64 that share no code, the oracle's and that of the
   * bounds: where the two agree, they tell whether the reference or the oracle's step is wrong. And
   * the same oracle judges the quotient network, which equals the whole one without rounding.
   */
  private @Nullable Evidence evidence(Contender reference, Agreement agreement) {
    String name = reference.backend.name();
    if (agreement.tier() == Tier.QUOTIENT) {
      return boundOf(reference).filter(Agreement::agrees).isPresent()
          ? new Evidence(Blamed.ORACLE, oracle + " agrees with " + name + " on the whole network")
          : null;
    }
    Optional<Agreement> own = operationsOf(reference);
    Optional<Agreement> ofOracle = operations.ofOracle();
    if (own.isEmpty() || ofOracle.isEmpty() || reference.stop().isPresent()) {
      return null;
    }
    if (!ofOracle.get().agrees()) {
      return new Evidence(
          Blamed.ORACLE, "an operation of " + oracle + " does not compute its formula");
    }
    return own.get().agrees()
        ? new Evidence(Blamed.ORACLE, "each operation of " + name + " computes its formula")
        : new Evidence(Blamed.BACKEND, "an operation of " + name + " does not compute its formula");
  }

  private static boolean isAlike(Agreement one, Agreement other) {
    Difference here = one.difference();
    Difference there = other.difference();
    return one.verdict() == Verdict.DIFFERS
        && here != null
        && there != null
        && here.tensor().equals(there.tensor());
  }

  private static List<Contender> third(
      List<Contender> left,
      Contender reference,
      Function<Contender, Optional<Agreement>> tier,
      Predicate<Agreement> wanted) {
    return left.stream()
        .filter(c -> c != reference && c.backend.kind() != Kind.ORACLE)
        .filter(c -> tier.apply(c).filter(wanted).isPresent())
        .toList();
  }

  private static List<String> names(List<Contender> some) {
    return some.stream().map(contender -> contender.backend.name()).toList();
  }

  @Override
  public void close() {
    judge.close();
    operations.close();
  }
}
