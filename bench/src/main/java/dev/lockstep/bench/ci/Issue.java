package dev.lockstep.bench.ci;

/**
 * Something that a check or a comparison found.
 *
 * @param code what it is, as a word
 * @param backend the backend's name; empty if it concerns all
 * @param where the scenario, experiment or benchmark
 * @param text one sentence
 */
public record Issue(Severity severity, String code, String backend, String where, String text) {

  /** How much an issue counts. */
  public enum Severity {
    /** Fails only if there is a baseline and it does not list the finding. */
    FINDING,
    /** Fails unless a baseline lists it. */
    FAULT,
    /** The same, of a backend that must be exact: only a person adds it to a baseline. */
    EXACT_FAULT
  }

  /** Returns all but the code as one sentence. */
  String sentence() {
    return (backend.isEmpty() ? "" : backend + ", ") + where + ": " + text;
  }

  /** Returns the issue on one line. */
  @Override
  public String toString() {
    return sentence() + " [" + code + "]";
  }
}
