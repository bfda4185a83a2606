package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import java.util.List;

/** Judges the steps of the backends in one cell, and hands each in the end what it came to. */
interface Judge extends AutoCloseable {

  /** Opens a backend's trainer, to be looked at in the way that this judge needs. */
  Watched open(Backend backend);

  /** A contender's next step is due. */
  void before(Contender contender);

  /** It has run. */
  void after(Contender contender, double loss);

  /** All of {@code ran} have run step {@code step}, counted from 1, and none the next. */
  void afterAll(int step, List<Contender> ran);

  /** Those that are left have run all steps. */
  void conclude(List<Contender> left);

  @Override
  void close();
}
