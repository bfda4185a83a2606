package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.study.ZeroWeights;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.Optional;

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
   * @param reason what refutes the claim, with the operation if it set units apart; what the data
   *     lack; or else the step in which each tensor first changed, for every activation
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
          String operation =
              shown
                  .refuting()
                  .flatMap(workload -> broken(backend, workload, resources, lost))
                  .orElse("");
          return new Result(backend.name(), shown.verdict(), shown.reason() + operation);
        });
  }

  /** Trains once more, watched, and returns where lockstep broke, after a semicolon, if it did. */
  private static Optional<String> broken(
      Backend backend, Workload workload, Resources resources, LostDevice lost) {
    ClassRun run = ClassRun.of(backend, workload, resources, ZeroWeights.STEPS, lost);
    return run.broken() ? Optional.of("; lockstep " + run.reason()) : Optional.empty();
  }
}
