package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import java.util.List;

/**
 * How a claim fared on a backend: equal on all exact backends, to the last bit of every figure.
 *
 * @param verdict AGREES if it holds; INCONCLUSIVE if nothing happened that could show it
 * @param figures what the verdict rests on
 */
record Finding(Verdict verdict, List<Figure> figures) {

  Finding {
    figures = List.copyOf(figures);
  }

  static Finding of(boolean holds, Figure... figures) {
    return of(holds, List.of(figures));
  }

  static Finding of(boolean holds, List<Figure> figures) {
    return new Finding(holds ? Verdict.AGREES : Verdict.DIFFERS, figures);
  }
}
