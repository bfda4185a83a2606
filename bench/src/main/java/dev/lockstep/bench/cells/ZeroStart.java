package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.study.ZeroWeights;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.DataSource;
import java.util.List;

/**
 * Shows which tensors learn when all weights start at zero. It is the one claim of {@code lockstep
 * study textbook} that the cells of a check do not test. The claim relies on lockstep, which no
 * library promises.
 */
public final class ZeroStart {

  /** Small, because the claim is about which tensors move, not how far. */
  private static final int WIDTH = 7;

  /**
   * One backend's result.
   *
   * @param reason the step in which each tensor first changed, for every activation
   */
  public record Result(String backend, Verdict verdict, String reason) implements Experiment.Shown {
    @Override
    public Code code() {
      return verdict == Verdict.INCONCLUSIVE ? Code.INCONCLUSIVE : Code.ZERO_WEIGHTS_DIFFER;
    }
  }

  private ZeroStart() {}

  /** Trains on each backend that is not a library. */
  public static Experiment.Besides<Result> of(
      List<Backend> backends,
      LostDevice lost,
      Resources resources,
      DataSource source,
      Dataset data,
      long seed) {
    int batch = Math.min(WIDTH, data.train().rows());
    return Experiment.of(
        backends.stream().filter(backend -> !backend.kind().isLibrary()).toList(),
        lost,
        "with zero weights",
        backend -> {
          ZeroWeights.Shown shown =
              ZeroWeights.shown(backend, resources, source, data, WIDTH, batch, seed);
          return new Result(backend.name(), shown.verdict(), shown.reason());
        });
  }
}
