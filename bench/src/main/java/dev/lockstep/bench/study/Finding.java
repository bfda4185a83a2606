package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import java.util.List;

/**
 * The result of a claim on a backend. All exact backends find the same to the last bit.
 *
 * @param verdict AGREES if the claim holds; DIFFERS if it is refuted; INCONCLUSIVE if its premises
 *     did not hold, so that the figures neither show nor refute it
 * @param reason the missing premise of an INCONCLUSIVE claim, or what refutes a claim where that is
 *     one thing, as a clause; otherwise empty
 * @param figures the figures behind the verdict
 */
record Finding(Verdict verdict, String reason, List<Figure> figures) {

  /** The finding of a claim that was put to the test. */
  static Finding of(boolean holds, List<Figure> figures) {
    return new Finding(holds ? Verdict.AGREES : Verdict.DIFFERS, "", figures);
  }

  /** The finding of a claim that something refutes. */
  static Finding refuted(String reason, List<Figure> figures) {
    return new Finding(Verdict.DIFFERS, reason, figures);
  }

  /** The finding of a claim whose premises did not hold. */
  static Finding notShown(String reason, List<Figure> figures) {
    return new Finding(Verdict.INCONCLUSIVE, reason, figures);
  }
}
