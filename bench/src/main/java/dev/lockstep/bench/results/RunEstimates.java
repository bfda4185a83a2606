package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.statistics.Blocks;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Forks;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.RunInference;
import dev.lockstep.bench.statistics.Staged;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The times and ratios of a run, estimated from all of its cases together. */
public final class RunEstimates {

  private static final int FORKS_OF_A_BLOCK = 2;

  private final Inference inference;
  private final int firstStage;
  private final RunInference<Case> times;

  /** Two cases of the run, the time of the first of which is divided by that of the second. */
  public record Pair(CaseResult subject, CaseResult baseline) {

    /** The blocks in which they ran by turns; empty if they did not. */
    List<Blocks.Block> blocks() {
      return subject.blocksBeside(baseline);
    }
  }

  private RunEstimates(Inference inference, List<CaseResult> cases, int firstStage) {
    this.inference = inference;
    this.firstStage = firstStage;
    Map<Case, Forks> measured = new LinkedHashMap<>();
    for (CaseResult each : cases) {
      if (!each.forks().isEmpty()) {
        measured.put(each.of(), each.samples());
      }
    }
    times = RunInference.of(inference, measured, firstStage);
  }

  /**
   * Prepares the estimates.
   *
   * @param cases all cases of the run; those without forks have no estimate
   * @param firstStage the number of forks of each case that was fixed in advance; how many more
   *     there are may depend on these
   */
  public static RunEstimates of(List<CaseResult> cases, ForkLevel level, int firstStage) {
    return new RunEstimates(new Inference(level), cases, firstStage);
  }

  /** Prepares the estimates of a run that was read. */
  public static RunEstimates of(RunResult run, ForkLevel level) {
    return of(run.cases(), level, run.firstStage());
  }

  /** How variances were moderated; empty if they were not. */
  public Optional<RunInference.Moderated> moderated() {
    return times.moderated();
  }

  /** The typical time of a case that has forks. */
  public Estimate time(CaseResult of) {
    return times.time(of.of());
  }

  /** The forks of a case as measurements in two stages. */
  public Staged staged(CaseResult of) {
    return times.staged(of.of());
  }

  /** Whether the time of a case is known within a share of it. */
  public boolean isKnown(CaseResult of, double within) {
    return staged(of).isKnown(time(of), within);
  }

  /** The time of a case over that of a case that was measured in another run. */
  public Estimate ratio(CaseResult subject, RunEstimates other, CaseResult baseline) {
    return times.ratio(subject.of(), other.times, baseline.of());
  }

  /**
   * The blocks of pairs of this run as measurements in two stages.
   *
   * @param pairs all that are of interest: they tell one another's variances
   */
  public List<Staged> staged(List<Pair> pairs) {
    return inference.staged(
        pairs.stream().map(pair -> new Blocks(pair.blocks())).toList(),
        Math.ceilDiv(firstStage, FORKS_OF_A_BLOCK));
  }

  /**
   * The ratios of pairs of this run, by blocks where there are some.
   *
   * @param pairs all that are of interest: they tell one another's variances
   * @param family the number of comparisons that are judged together
   */
  public List<Estimate> ratios(List<Pair> pairs, int family) {
    List<Pair> inBlocks = pairs.stream().filter(pair -> !pair.blocks().isEmpty()).toList();
    List<Staged> staged = staged(inBlocks);
    Map<Pair, Estimate> ofBlocks = new HashMap<>();
    for (int i = 0; i < inBlocks.size(); i++) {
      Pair pair = inBlocks.get(i);
      ofBlocks.put(pair, inference.ratio(staged.get(i), new Blocks(pair.blocks()), family));
    }
    return pairs.stream()
        .map(
            pair ->
                Optional.ofNullable(ofBlocks.get(pair))
                    .orElseGet(() -> times.ratio(pair.subject().of(), pair.baseline().of())))
        .toList();
  }
}
