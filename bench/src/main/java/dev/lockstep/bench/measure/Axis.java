package dev.lockstep.bench.measure;

/** The axes of all harnesses, by the names they have in flags, in JMH and in results. */
final class Axis {
  static final String BACKEND = dev.lockstep.bench.results.Case.BACKEND;
  static final String WIDTH = "width";
  static final String DEPTH = "depth";
  static final String BATCH = "batch";
  static final String ACTIVATION = "activation";
  static final String INIT = "init";
  static final String THREADS = "threads";
  static final String SHAPE = "shape";
  static final String FORM = "form";
  static final String FOOTPRINT = "footprint";

  private Axis() {}
}
