package dev.lockstep.bench.measure;

import dev.lockstep.bench.results.Case;
import java.util.List;

/** The axes of all harnesses, by their names in flags, in JMH and in results. */
final class Axis {
  static final String BACKEND = Case.BACKEND;
  static final String WIDTH = "width";
  static final String DEPTH = "depth";
  static final String BATCH = "batch";
  static final String ACTIVATION = "activation";
  static final String INIT = "init";
  static final String THREADS = "threads";
  static final String SHAPE = "shape";
  static final String FORM = "form";
  static final String FOOTPRINT = "footprint";
  static final String OPERATION = "operation";
  static final String CACHE = "cache";
  static final String SUBMISSION = "submission";
  static final String MEMORY = "memory";
  static final String DIRECTION = "direction";
  static final String SIZE = "size";

  /** The axes of every harness that trains. */
  static final List<String> OF_STEP =
      List.of(BACKEND, WIDTH, DEPTH, BATCH, ACTIVATION, INIT, THREADS);

  private Axis() {}
}
