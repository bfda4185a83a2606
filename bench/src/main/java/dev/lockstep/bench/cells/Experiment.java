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
 * What backends showed in one part of a check: a cell, or what is asked besides.
 *
 * @param <R> what one of them showed
 */
public interface Experiment<R extends Experiment.Shown> {

  /** What one backend showed. */
  interface Shown {
    /** Its name. */
    String backend();

    Verdict verdict();

    /** One clause, for one that does not agree. */
    String reason();

    default boolean agrees() {
      return verdict() == Verdict.AGREES;
    }
  }

  /** One a backend that ran it to its end. */
  List<R> outcomes();

  /** One a backend that did not. */
  List<Interruption> interruptions();

  /** What a backend showed, if it ran it. */
  default Optional<R> outcome(Candidate backend) {
    return outcomes().stream().filter(shown -> shown.backend().equals(backend.name())).findFirst();
  }

  /** Of all that was asked. */
  default Stream<Verdict> verdicts() {
    return Stream.concat(
        outcomes().stream().map(Shown::verdict),
        interruptions().stream().map(Interruption::verdict));
  }

  /** What is asked besides the cells. */
  record Besides<R extends Shown>(List<R> outcomes, List<Interruption> interruptions)
      implements Experiment<R> {

    public Besides {
      outcomes = List.copyOf(outcomes);
      interruptions = List.copyOf(interruptions);
    }
  }

  /** Nothing was asked. */
  static <R extends Shown> Besides<R> none() {
    return new Besides<>(List.of(), List.of());
  }

  /**
   * Has every backend run it.
   *
   * @param when for the sentence of one that fails
   */
  static <R extends Shown> Besides<R> of(
      List<Backend> backends, String when, Function<Backend, R> shown) {
    List<R> outcomes = new ArrayList<>();
    List<Interruption> interruptions = new ArrayList<>();
    for (Backend backend : backends) {
      try {
        outcomes.add(shown.apply(backend));
      } catch (BackendFault | UnavailableException e) {
        interruptions.add(Interruption.of(backend, when, e));
      }
    }
    return new Besides<>(outcomes, interruptions);
  }
}
