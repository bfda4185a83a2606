package dev.lockstep.machine;

/** A library cannot be opened or lacks a function. The message names the library. */
public final class LoadException extends Exception {

  private static final long serialVersionUID = 1;

  /** The kind of fault. */
  public enum Kind {
    /** There is no file of that name where the loader looks. */
    NOT_FOUND,
    /** The file is there, and a library that it needs is not, or does not load. */
    NEEDED,
    /** Files in that place may not be executed: a noexec mount, for one. */
    NOT_EXECUTABLE,
    /** This user may not read the file. */
    NOT_READABLE,
    /** The file is no library for this machine, or the loader refuses it for another reason. */
    BROKEN,
    /** The library has no function of that name. */
    NO_FUNCTION,
    /** The JVM was started with an option that forbids native code. */
    FORBIDDEN
  }

  private final Kind kind;
  private final String reason;

  private LoadException(Kind kind, String message, String reason) {
    super(message);
    this.kind = kind;
    this.reason = reason;
  }

  static LoadException notOpened(Kind kind, String library, String reason) {
    return kind == Kind.NOT_FOUND
        ? new LoadException(kind, library + " is not there", reason)
        : new LoadException(kind, library + " cannot be loaded (" + reason + ")", reason);
  }

  static LoadException noFunction(String library, String function) {
    String reason = "has no function " + function;
    return new LoadException(Kind.NO_FUNCTION, library + " " + reason, reason);
  }

  /** The kind of fault. */
  public Kind kind() {
    return kind;
  }

  /** The reason: a clause, or for a missing function the message without the library's name. */
  public String reason() {
    return reason;
  }
}
