package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.EdgeCase.Result;
import dev.lockstep.matrix.Matrix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Operations and small trainings on numbers that the networks of a check rarely or never meet. They
 * make up the tier {@link Tier#EDGE_CASES}.
 *
 * <p>Exact backends owe all of {@link EdgeOperations}: known bits, or results of functions within
 * their errors and with the bits of the first exact backend. Libraries owe the same without
 * products, if the operations around these are canonical. All of these, the oracle and exact
 * programs owe {@link SmallTraining}.
 */
public final class EdgeCases {

  private final List<EdgeCase> cases;
  private final SmallTraining training = new SmallTraining();

  /** The results of the first exact backend, by name. */
  private final Map<String, Matrix> first = new HashMap<>();

  private EdgeCases(long seed) {
    cases = EdgeOperations.of(seed);
  }

  /** Runs the cases on each backend that owes some. */
  public static Experiment.Besides<Experiment.Compared> of(
      List<Backend> backends, LostDevice lost, Resources resources, long seed) {
    EdgeCases all = new EdgeCases(seed);
    return Experiment.of(
        backends.stream().filter(backend -> backend.kind() != Kind.LIBRARY_STEP).toList(),
        lost,
        "in the edge cases",
        backend -> new Experiment.Compared(backend.name(), all.agreement(backend, resources)));
  }

  private Agreement agreement(Backend backend, Resources resources) {
    List<EdgeCase> owed = cases.stream().filter(each -> isOwed(each, backend)).toList();
    int number = 0;
    if (!owed.isEmpty()) {
      try (Operations operations = backend.operations(resources)) {
        for (EdgeCase each : owed) {
          number++;
          Optional<Difference> difference = difference(backend, operations, each);
          if (difference.isPresent()) {
            return Agreement.edgeCase(number, difference.get());
          }
        }
      }
    }
    return training
        .first(backend, resources, number)
        .orElse(
            new Agreement(
                Verdict.AGREES,
                Tier.EDGE_CASES,
                number + SmallTraining.CASES,
                0,
                null,
                "all results are as known beforehand"));
  }

  /** A program shows no single operations other than products. */
  private static boolean isOwed(EdgeCase each, Backend backend) {
    return switch (backend.kind()) {
      case EXACT -> backend.placement() != Placement.PROCESS;
      case LIBRARY -> !each.products();
      case LIBRARY_STEP, ORACLE -> false;
    };
  }

  private Optional<Difference> difference(Backend backend, Operations operations, EdgeCase each) {
    List<Matrix> actual = each.run().apply(operations);
    for (int r = 0; r < actual.size(); r++) {
      Result result = each.results().get(r);
      Matrix seen = actual.get(r);
      Optional<Difference> difference = result.first(seen);
      if (difference.isEmpty() && result instanceof Result.Within) {
        difference = Difference.first(0, result.name(), reference(backend, result, seen), seen);
      }
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  /** Returns the result of the first exact backend, which may be this one. */
  private Matrix reference(Backend backend, Result result, Matrix seen) {
    return backend.kind() == Kind.EXACT
        ? first.computeIfAbsent(result.name(), _ -> seen)
        : first.getOrDefault(result.name(), seen);
  }
}
