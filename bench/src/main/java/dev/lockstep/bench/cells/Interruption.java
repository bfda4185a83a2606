package dev.lockstep.bench.cells;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import java.util.List;

/**
 * Why a backend stopped before the end of an experiment.
 *
 * @param backend the backend's name
 * @param verdict FAILED, or UNAVAILABLE or UNSUPPORTED if the backend could not run the experiment
 * @param when when it stopped, such as {@code in step 3}
 * @param reason the message of the exception: one clause that names operation and tensor
 * @param evidence output of the backend about the failure, line by line; not written as JSON, and
 *     empty if it was read
 */
public record Interruption(
    String backend,
    Verdict verdict,
    String when,
    String reason,
    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<String> evidence) {

  public Interruption {
    evidence = List.copyOf(evidence);
  }

  /**
   * Makes an interruption of an exception that a backend threw.
   *
   * @param reason a BackendFault, or an UnavailableException (too little memory, for example)
   */
  static Interruption of(Backend backend, String when, RuntimeException reason) {
    return switch (reason) {
      case UnavailableException refusal ->
          new Interruption(
              backend.name(),
              Verdict.of(refusal.availability()),
              when,
              refusal.availability().toString(),
              List.of());
      default ->
          new Interruption(
              backend.name(),
              Verdict.FAILED,
              when,
              String.valueOf(reason.getMessage()),
              reason instanceof BackendFault fault ? fault.evidence() : List.of());
    };
  }

  /** Returns this interruption with a note that closing failed too. */
  Interruption andClosing(BackendFault fault) {
    return new Interruption(
        backend,
        verdict,
        when,
        reason + "; closing it then failed too: " + fault.getMessage(),
        evidence);
  }

  /** Returns the verdict as a word. */
  public Code code() {
    return switch (verdict) {
      case UNAVAILABLE -> Code.UNAVAILABLE;
      case UNSUPPORTED -> Code.UNSUPPORTED;
      default -> Code.FAILED;
    };
  }

  /** Returns whether the backend failed, as opposed to being unable to run. */
  public boolean failed() {
    return verdict == Verdict.FAILED;
  }

  /** Returns text such as {@code FAILED in step 3: cuLaunchKernel of W2 failed: ...}. */
  @Override
  public String toString() {
    return verdict + " " + when + ": " + reason;
  }
}
