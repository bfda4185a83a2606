package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.study.ZeroWeights;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.DataSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The claim of {@code lockstep study textbook} that the cells of a check do not show: what learns
 * when all weights start at zero. Its units are in lockstep, which libraries do not owe.
 *
 * @param results one a backend that owes it and ran it
 * @param interruptions one a backend that did not
 */
record ZeroStart(List<Result> results, List<Interruption> interruptions) {

  /** Small: the claim is about which tensors move, not about how far. */
  private static final int WIDTH = 7;

  /**
   * What a backend showed.
   *
   * @param reason the first step of each tensor, for every activation
   */
  record Result(String backend, Verdict verdict, String reason) {}

  ZeroStart {
    results = List.copyOf(results);
    interruptions = List.copyOf(interruptions);
  }

  /** Nothing was asked. */
  static ZeroStart none() {
    return new ZeroStart(List.of(), List.of());
  }

  /** Whether there is something to say of a backend, if only that it could not run. */
  boolean asked(Candidate backend) {
    return results.stream().anyMatch(result -> result.backend().equals(backend.name()))
        || interruptions.stream().anyMatch(i -> i.backend().equals(backend.name()))
        || (!results.isEmpty() && !backend.available() && !backend.kind().isLibrary());
  }

  /** Trains on each backend that is no library. */
  static ZeroStart of(
      List<Backend> backends, Resources resources, DataSource source, Dataset data, long seed) {
    int batch = Math.min(WIDTH, data.train().rows());
    List<Result> results = new ArrayList<>();
    List<Interruption> interruptions = new ArrayList<>();
    for (Backend backend : backends) {
      if (backend.kind().isLibrary()) {
        continue;
      }
      try {
        ZeroWeights.Shown shown =
            ZeroWeights.shown(backend, resources, source, data, WIDTH, batch, seed);
        results.add(new Result(backend.name(), shown.verdict(), shown.reason()));
      } catch (BackendFault | UnavailableException e) {
        interruptions.add(Interruption.of(backend, "with zero weights", e));
      }
    }
    return new ZeroStart(results, interruptions);
  }
}
