package dev.lockstep.bench.cells;

import dev.lockstep.input.Labelled;

/** What is wrong, or remarkable, with a backend in one experiment of a check, as a word. */
public enum Code implements Labelled {
  /** Units that started equal became different: a fault, or a finding about a library. */
  LOCKSTEP_BROKEN,
  /** A library separated units that are equal on an exact backend: a finding. */
  CLASSES_SPLIT,
  /**
   * A loss, tensor, parameter, moment or evaluation differs from the reference's by a bit or more,
   * or training did not stop where it has to.
   */
  BITS_DIFFER,
  /** A product of exact data has wrong bits. */
  EXACT_DATA_DIFFER,
  /** A product of a step has other bits than the library's own order of addition gives. */
  OWN_ORDER_DIFFERS,
  /** The result of an operation is not what follows from its own operands. */
  OPERATION_DIFFERS,
  /** An operation or a small training has wrong bits in an edge case. */
  EDGE_CASE_DIFFERS,
  /** A product's error is larger than rounding explains, but for a stated rate of false alarms. */
  ERROR_ALARM,
  /** A tensor of a step exceeds its rounding bound. */
  BOUND_EXCEEDED,
  /** A step is not that of the network with one unit for each class. */
  QUOTIENT_DIFFERS,
  /** A recomputed element of a step differs. */
  SAMPLE_DIFFERS,
  /** Unit classes or accuracy of a whole run differ. */
  RUN_DIFFERS,
  /** With zero weights other tensors learn than should. */
  ZERO_WEIGHTS_DIFFER,
  /** The units moved too little for lockstep to count. */
  DID_NOT_MOVE,
  /** A loss was infinite or NaN. */
  LOSS_NOT_FINITE,
  /** A comparison could not be decided. */
  INCONCLUSIVE,
  /** The data explain why the experiment shows nothing. */
  NOT_SHOWN,
  /** The backend broke down. */
  FAILED,
  /** The backend was asked for, and something that it needs is missing. */
  UNAVAILABLE,
  /** The backend was asked for and cannot run this. */
  UNSUPPORTED,
  /** No backend could run. */
  NO_BACKEND;

  /** The word, such as {@code lockstep-broken}. */
  @Override
  public String label() {
    return Labelled.hyphenated(this);
  }
}
