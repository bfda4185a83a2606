package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import java.util.List;

/**
 * How a claim fared on a backend: equal on all exact backends, to the last bit of every figure.
 *
 * @param verdict AGREES if it holds; DIFFERS if it is refuted; INCONCLUSIVE if what it presupposes
 *     did not happen, so that the figures neither show nor refute it
 * @param reason what an INCONCLUSIVE one lacks, as a clause; empty for the others
 * @param figures what the verdict rests on
 */
record Finding(Verdict verdict, String reason, List<Figure> figures) {

  Finding {
    figures = List.copyOf(figures);
  }

  static Finding of(boolean holds, Figure... figures) {
    return of(holds, List.of(figures));
  }

  static Finding of(boolean holds, List<Figure> figures) {
    return new Finding(holds ? Verdict.AGREES : Verdict.DIFFERS, "", figures);
  }

  static Finding notShown(String reason, Figure... figures) {
    return notShown(reason, List.of(figures));
  }

  static Finding notShown(String reason, List<Figure> figures) {
    return new Finding(Verdict.INCONCLUSIVE, reason, figures);
  }
}
