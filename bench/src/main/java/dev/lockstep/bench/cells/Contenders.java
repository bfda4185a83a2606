package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The backends in one cell. One that fails or cannot run the cell drops out, closed and with its
 * sentence; the others stay.
 */
final class Contenders implements AutoCloseable {

  private final List<Contender> running = new ArrayList<>();
  private final List<Interruption> interruptions = new ArrayList<>();

  /** Opens a backend and adds it, unless it refuses. */
  void open(Backend backend, Supplier<Contender> opening) {
    try {
      running.add(opening.get());
    } catch (BackendFault | UnavailableException e) {
      interruptions.add(Interruption.of(backend, "when opened", e));
    }
  }

  /** Those that have not dropped out, in the order of the backends. */
  List<Contender> running() {
    return List.copyOf(running);
  }

  /** Why others have. */
  List<Interruption> interruptions() {
    return List.copyOf(interruptions);
  }

  /**
   * Does something with each in turn.
   *
   * @param when for the sentence of one that drops out
   */
  void each(String when, Consumer<Contender> work) {
    for (Contender contender : running()) {
      try {
        work.accept(contender);
      } catch (BackendFault | UnavailableException e) {
        drop(contender, Interruption.of(contender.backend, when, e));
      }
    }
  }

  private void drop(Contender contender, Interruption why) {
    running.remove(contender);
    Interruption first = why;
    try {
      contender.close();
    } catch (BackendFault e) {
      first = why.andClosing(e);
    }
    interruptions.add(first);
  }

  /** Closes each; one that cannot be closed has failed too. */
  void closeEach() {
    for (Contender contender : running()) {
      running.remove(contender);
      try {
        contender.close();
      } catch (BackendFault e) {
        interruptions.add(Interruption.of(contender.backend, "when closed", e));
      }
    }
  }

  /** For a run that ends by an exception, which what fails here must not hide. */
  @Override
  public void close() {
    closeEach();
  }
}
