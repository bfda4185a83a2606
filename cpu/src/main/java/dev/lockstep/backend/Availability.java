package dev.lockstep.backend;

/** Whether a backend can run on this machine. Never a boolean: what is missing is always named. */
public sealed interface Availability {

  /**
   * It can run.
   *
   * @param detail what it would run on, such as the vector width
   */
  record Available(String detail) implements Availability {}

  /**
   * Something is missing that could be there.
   *
   * @param reason what is missing
   * @param remedy what to do about it
   */
  record Unavailable(Reason reason, String remedy) implements Availability {
    /** The reason and the remedy as one clause. */
    @Override
    public String toString() {
      return reason.sentence() + ": " + remedy;
    }
  }

  /**
   * This machine cannot do what was asked for, whatever is installed.
   *
   * @param reason what it lacks
   */
  record Unsupported(Reason reason) implements Availability {
    @Override
    public String toString() {
      return reason.sentence();
    }
  }

  /**
   * Why a backend cannot run.
   *
   * @param kind for programs
   * @param sentence for people: what was looked for and what was found
   */
  record Reason(Cause kind, String sentence) {}

  /** The kinds of reasons. */
  enum Cause {
    /** The processor has no fused multiply-add. */
    NO_FMA,
    /** The vector width asked for is wider than the processor's, or none at all. */
    VECTOR_WIDTH,
    /** The JVM was started without the module jdk.incubator.vector. */
    NO_VECTOR_API,
    /** No NVIDIA driver library. */
    NO_DRIVER,
    /** A driver, but no device it can use. */
    NO_DEVICE,
    /** This build does not contain the backend. */
    NOT_IN_THIS_BUILD
  }
}
