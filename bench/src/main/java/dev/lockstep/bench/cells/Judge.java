package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import java.util.List;

/**
 * Judges the steps of the backends in one cell and at the end adds the agreements to each
 * contender.
 */
interface Judge extends AutoCloseable {

  /** Opens a backend's trainer with the access to tensors that this judge needs. */
  Watched open(Backend backend);

  /** Called before a contender's next step. */
  void before(Contender contender);

  /** Called after that step. */
  void after(Contender contender, double loss);

  /**
   * Called when all contenders in {@code ran} have run step {@code step}, counted from 1, and none
   * the next.
   */
  void afterAll(int step, List<Contender> ran);

  /**
   * Called after {@link #afterAll} for each contender in turn, in the order of the backends. A
   * judge may run a contender's steps again, if they end in the same state.
   */
  default void afterwards(int step, Contender contender) {}

  /** Called after the last step with the contenders that have not dropped out. */
  void conclude(List<Contender> left);

  @Override
  void close();
}
