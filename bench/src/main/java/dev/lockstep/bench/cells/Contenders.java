package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The backends in one cell. A backend that fails or cannot run the cell is closed and recorded as
 * an interruption; the others stay.
 */
final class Contenders implements AutoCloseable {

  private final LostDevice lost;
  private final List<Contender> running = new ArrayList<>();
  private final List<Interruption> interruptions = new ArrayList<>();

  Contenders(LostDevice lost) {
    this.lost = lost;
  }

  /** Opens a backend and adds it, or records why it could not be opened. */
  void open(Backend backend, Supplier<Contender> opening) {
    try {
      lost.requirePresent(backend);
      running.add(opening.get());
    } catch (BackendFault | UnavailableException e) {
      lost.note(backend, "when opened", e);
      interruptions.add(Interruption.of(backend, "when opened", e));
    }
  }

  /** Returns the contenders that have not dropped out, in the order of the backends. */
  List<Contender> running() {
    return List.copyOf(running);
  }

  /** Returns why the others dropped out. */
  List<Interruption> interruptions() {
    return List.copyOf(interruptions);
  }

  /**
   * Runs {@code work} on each contender in turn; one that fails drops out.
   *
   * @param when when this happens, such as {@code in step 3}, for the interruption
   */
  void each(String when, Consumer<Contender> work) {
    for (Contender contender : running()) {
      try {
        lost.requirePresent(contender.backend);
        work.accept(contender);
      } catch (BackendFault | UnavailableException e) {
        lost.note(contender.backend, when, e);
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
      lost.note(contender.backend, why.when(), e);
      first = why.andClosing(e);
    }
    interruptions.add(first);
  }

  /** Closes all contenders. One that cannot be closed counts as failed. */
  void closeEach() {
    for (Contender contender : running()) {
      running.remove(contender);
      try {
        contender.close();
      } catch (BackendFault e) {
        lost.note(contender.backend, "when closed", e);
        interruptions.add(Interruption.of(contender.backend, "when closed", e));
      }
    }
  }

  /**
   * Closes all contenders after an exception in the run. Failures to close are recorded and not
   * thrown, so that they do not hide that exception.
   */
  @Override
  public void close() {
    closeEach();
  }
}
