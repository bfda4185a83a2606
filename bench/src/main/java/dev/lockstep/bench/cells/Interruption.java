package dev.lockstep.bench.cells;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import java.util.List;

/**
 * Why a backend's part of a cell ended before its time. The others go on.
 *
 * @param backend its name
 * @param verdict FAILED, or UNAVAILABLE or UNSUPPORTED if it could not run this cell
 * @param when such as {@code in step 3}
 * @param reason what it said, one clause that names operation and tensor
 * @param evidence what the backend itself said of it, line by line
 */
public record Interruption(
    String backend,
    Verdict verdict,
    String when,
    String reason,
    @JsonIgnore List<String> evidence) {

  public Interruption {
    evidence = List.copyOf(evidence);
  }

  /**
   * What a backend threw.
   *
   * @param reason a BackendFault, or an UnavailableException such as for want of memory
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

  /** The same, when closing what was interrupted did not work either. */
  Interruption andClosing(BackendFault fault) {
    return new Interruption(
        backend,
        verdict,
        when,
        reason + "; closing it then failed too: " + fault.getMessage(),
        evidence);
  }

  /** Whether something broke, rather than was missing. */
  public boolean failed() {
    return verdict == Verdict.FAILED;
  }

  /** {@code FAILED in step 3: cuLaunchKernel of W2 failed: ...}. */
  @Override
  public String toString() {
    return verdict + " " + when + ": " + reason;
  }
}
