package dev.lockstep.machine;

/** A library cannot be opened or lacks a function. The message names the library. */
public final class LoadException extends Exception {

  private static final long serialVersionUID = 1;

  /** The kind of fault. */
  public enum Kind {
    /** The loader finds no file of that name. */
    NOT_FOUND,
    /** The loader refuses the file or cannot find a library that the file needs. */
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
    String predicate = kind == Kind.NOT_FOUND ? " is not there (" : " cannot be loaded (";
    return new LoadException(kind, library + predicate + reason + ")", reason);
  }

  static LoadException noFunction(String library, String function) {
    String reason = "has no function " + function;
    return new LoadException(Kind.NO_FUNCTION, library + " " + reason, reason);
  }

  /** The kind of fault. */
  public Kind kind() {
    return kind;
  }

  /** The loader's reason or, for a missing function, the message without the library's name. */
  public String reason() {
    return reason;
  }
}
