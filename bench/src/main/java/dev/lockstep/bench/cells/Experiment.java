package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.surroundings.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The results of all backends in one part of a check: a cell, exact data or zero weights.
 *
 * @param <R> the result of one backend
 */
public interface Experiment<R extends Experiment.Shown> {

  /** The result of one backend. */
  interface Shown {
    /** Returns the backend's name. */
    String backend();

    Verdict verdict();

    /** Returns one clause that explains a verdict other than AGREES. */
    String reason();

    /** Returns a verdict other than AGREES as a word. */
    Code code();

    default boolean agrees() {
      return verdict() == Verdict.AGREES;
    }
  }

  /**
   * The result of one backend that was compared with known results.
   *
   * @param agreement AGREES, or DIFFERS with the first difference
   */
  record Compared(String backend, Agreement agreement) implements Shown {
    @Override
    public Verdict verdict() {
      return agreement.verdict();
    }

    @Override
    public String reason() {
      return agreement.reason();
    }

    @Override
    public Code code() {
      return agreement.code();
    }
  }

  /** Returns one result for each backend that ran to the end. */
  List<R> outcomes();

  /** Returns one interruption for each backend that did not run to the end. */
  List<Interruption> interruptions();

  /** Returns the result of one backend, if it ran to the end. */
  default Optional<R> outcome(Candidate backend) {
    return outcomes().stream().filter(shown -> shown.backend().equals(backend.name())).findFirst();
  }

  /** Returns the verdicts of all results and interruptions. */
  default Stream<Verdict> verdicts() {
    return Stream.concat(
        outcomes().stream().map(Shown::verdict),
        interruptions().stream().map(Interruption::verdict));
  }

  /** An experiment that is not a cell. */
  record Besides<R extends Shown>(List<R> outcomes, List<Interruption> interruptions)
      implements Experiment<R> {

    public Besides {
      outcomes = List.copyOf(outcomes);
      interruptions = List.copyOf(interruptions);
    }
  }

  /** Returns an experiment that was not run. */
  static <R extends Shown> Besides<R> none() {
    return new Besides<>(List.of(), List.of());
  }

  /**
   * Runs an experiment on every backend.
   *
   * @param lost whether the device was lost, in this experiment or before it
   * @param when where a failure happened, for the interruption
   */
  static <R extends Shown> Besides<R> of(
      List<Backend> backends, LostDevice lost, String when, Function<Backend, R> shown) {
    List<R> outcomes = new ArrayList<>();
    List<Interruption> interruptions = new ArrayList<>();
    for (Backend backend : backends) {
      try {
        lost.requirePresent(backend);
        outcomes.add(shown.apply(backend));
      } catch (BackendFault | UnavailableException e) {
        lost.note(backend, when, e);
        interruptions.add(Interruption.of(backend, when, e));
      }
    }
    return new Besides<>(outcomes, interruptions);
  }
}
