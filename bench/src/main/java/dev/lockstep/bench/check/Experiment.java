package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.surroundings.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What backends showed in something that is checked beside the cells.
 *
 * @param outcomes one a backend that ran it
 * @param interruptions one a backend that could not
 * @param <R> what one showed
 */
public record Experiment<R extends Experiment.Shown>(
    List<R> outcomes, List<Interruption> interruptions) {

  /** What one backend showed. */
  interface Shown {
    /** Its name. */
    String backend();

    Verdict verdict();

    /** One clause. */
    String reason();

    default boolean agrees() {
      return verdict() == Verdict.AGREES;
    }
  }

  public Experiment {
    outcomes = List.copyOf(outcomes);
    interruptions = List.copyOf(interruptions);
  }

  /** Nothing was asked. */
  static <R extends Shown> Experiment<R> none() {
    return new Experiment<>(List.of(), List.of());
  }

  /**
   * Has every backend run it.
   *
   * @param when for the sentence of one that fails
   */
  static <R extends Shown> Experiment<R> of(
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
    return new Experiment<>(outcomes, interruptions);
  }

  /** What a backend showed, if it ran it. */
  Optional<R> outcome(Candidate backend) {
    return outcomes.stream().filter(shown -> shown.backend().equals(backend.name())).findFirst();
  }

  /** Whether any backend was to run it. */
  boolean asked() {
    return !outcomes.isEmpty() || !interruptions.isEmpty();
  }

  /** Backends that did as they should. */
  long agreeing() {
    return outcomes.stream().filter(Shown::agrees).count();
  }
}
