package dev.lockstep.bench.cells;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disagreement between a backend and the oracle. Neither is right by its name: their single
 * operations decide, or else a third backend that was judged by the same oracle, if there is one.
 *
 * @param backend the backend that was judged
 * @param oracle the oracle that judged it
 * @param alike exact backends with the bits of the judged backend, which its fault may share
 * @param withOracle other backends whose own steps agree with the oracle
 * @param against backends with arithmetic of their own that disagree with the oracle in the same
 *     tensor
 * @param evidence what decides the dispute without a third; null if nothing does
 */
record Dispute(
    String backend,
    String oracle,
    List<String> alike,
    List<String> withOracle,
    List<String> against,
    @Nullable Evidence evidence) {

  /** Whom a dispute blames. */
  enum Blamed {
    /** The backend that was judged, with all that have its bits. */
    BACKEND,
    /** The oracle. */
    ORACLE,
    /** One of the two. */
    UNDECIDED
  }

  /**
   * What shows who is wrong.
   *
   * @param against who is wrong
   * @param clause why
   */
  record Evidence(Blamed against, String clause) {}

  Dispute {
    alike = List.copyOf(alike);
    withOracle = List.copyOf(withOracle);
    against = List.copyOf(against);
  }

  Blamed blamed() {
    if (evidence != null) {
      return evidence.against();
    }
    if (withOracle.isEmpty() == against.isEmpty()) {
      return Blamed.UNDECIDED;
    }
    return against.isEmpty() ? Blamed.BACKEND : Blamed.ORACLE;
  }

  /** Returns an agreement that differs, with both sides and the decision in its reason. */
  Agreement explained(Agreement differs) {
    StringBuilder reason = new StringBuilder(backend + " and " + oracle + " disagree: ");
    if (differs.difference() != null) {
      reason.append(differs.difference().between(oracle, backend)).append("; ");
    }
    reason.append(differs.used());
    if (!alike.isEmpty()) {
      reason.append("; ").append(names(alike, "has", "have")).append(" the bits of ");
      reason.append(backend);
    }
    if (!withOracle.isEmpty()) {
      reason.append("; ").append(names(withOracle, "agrees", "agree")).append(" with ");
      reason.append(oracle);
    }
    if (!against.isEmpty()) {
      reason.append("; ").append(names(against, "disagrees", "disagree"));
      reason.append(" with ").append(oracle).append(" there too");
    }
    if (evidence != null) {
      reason.append("; ").append(evidence.clause());
    }
    reason.append(
        switch (blamed()) {
          case BACKEND -> ": the fault is in " + backend;
          case ORACLE -> ": the fault is in " + oracle;
          case UNDECIDED -> "; which of the two is wrong is undecided";
        });
    return new Agreement(
        differs.verdict(),
        differs.tier(),
        differs.steps(),
        differs.share(),
        differs.difference(),
        reason.toString());
  }

  private static String names(List<String> names, String one, String several) {
    int last = names.size() - 1;
    return last == 0
        ? names.getFirst() + " " + one
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last) + " " + several;
  }
}
