package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.study.ZeroWeights;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.DataSource;
import java.util.List;

/**
 * The claim of {@code lockstep study textbook} that the cells of a check do not show: what learns
 * when all weights start at zero. Its units are in lockstep, which libraries do not owe.
 */
public final class ZeroStart {

  /** Small: the claim is about which tensors move, not about how far. */
  private static final int WIDTH = 7;

  /**
   * What a backend showed.
   *
   * @param reason the first step of each tensor, for every activation
   */
  public record Result(String backend, Verdict verdict, String reason)
      implements Experiment.Shown {}

  private ZeroStart() {}

  /** Trains on each backend that is no library. */
  public static Experiment.Besides<Result> of(
      List<Backend> backends, Resources resources, DataSource source, Dataset data, long seed) {
    int batch = Math.min(WIDTH, data.train().rows());
    return Experiment.of(
        backends.stream().filter(backend -> !backend.kind().isLibrary()).toList(),
        "with zero weights",
        backend -> {
          ZeroWeights.Shown shown =
              ZeroWeights.shown(backend, resources, source, data, WIDTH, batch, seed);
          return new Result(backend.name(), shown.verdict(), shown.reason());
        });
  }
}
