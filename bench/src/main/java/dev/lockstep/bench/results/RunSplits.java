package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.cases.StepSplit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The steps of a run all of whose operations it has, too. */
public final class RunSplits {

  private RunSplits() {}

  /** Finds them, in the order of the run. */
  public static List<StepSplit> of(RunResult run) {
    Set<Case> all = run.cases().stream().map(CaseResult::of).collect(Collectors.toSet());
    return run.cases().stream()
        .map(CaseResult::of)
        .filter(of -> of.harness().equals(Harness.STEP.label()))
        // Most steps are not split; these need no program.
        .filter(of -> all.contains(StepSplit.firstProduct(of)))
        .map(StepSplit::of)
        .filter(split -> all.containsAll(split.parts().keySet()))
        .toList();
  }
}
