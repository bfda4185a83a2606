package dev.lockstep.backend;

/** Whether a backend can run on this machine. Never a boolean: what is missing is always named. */
public sealed interface Availability {

  /**
   * Refuses what cannot run.
   *
   * @throws UnavailableException with this, unless it is {@link Available}
   */
  default void require() {
    if (!(this instanceof Available)) {
      throw new UnavailableException(this);
    }
  }

  /**
   * It can run.
   *
   * @param detail what it would run on, such as the vector width
   * @param hardware whether that is the real thing
   */
  record Available(String detail, Hardware hardware) implements Availability {
    /** On real hardware. */
    public Available(String detail) {
      this(detail, Hardware.REAL);
    }
  }

  /** What stands behind a device. */
  enum Hardware {
    /** A device. */
    REAL,
    /**
     * A program that runs a device's code on the CPU: good for the bits, not a word on speed, and
     * never to be taken for the device.
     */
    EMULATED
  }

  /**
   * Something is missing that could be there.
   *
   * @param reason what is missing
   * @param remedy what to do about it
   */
  record Unavailable(Reason reason, String remedy) implements Availability {
    /** From the parts of a reason. */
    public Unavailable(Cause cause, String sentence, String remedy) {
      this(new Reason(cause, sentence), remedy);
    }

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
    /** Linux does not describe the caches, so no array is known to lie outside them. */
    UNKNOWN_CACHES,
    /** The vector width asked for is wider than the processor's, or none at all. */
    VECTOR_WIDTH,
    /** The JVM was started without the module jdk.incubator.vector. */
    NO_VECTOR_API,
    /** The operating system or the processor is one the backend was not built for. */
    PLATFORM,
    /** No NVIDIA driver library. */
    NO_DRIVER,
    /** The driver's CUDA version is older than what is to run on it. */
    DRIVER_TOO_OLD,
    /** A driver that reports an error of its own. */
    DRIVER_FAILED,
    /** A driver, but no device it can use, or not the one asked for. */
    NO_DEVICE,
    /** The device is of an older generation than the kernels. */
    COMPUTE_CAPABILITY,
    /** The device has less memory than is needed. */
    OUT_OF_MEMORY,
    /** No cuBLAS, or none that can be loaded. */
    NO_CUBLAS,
    /** A library that does not multiply as it was asked to. */
    MATH_MODE,
    /** cuBLAS of a major version that the backend does not know. */
    CUBLAS_VERSION,
    /** The native code that the backend brings along cannot be put in place or loaded. */
    NATIVES,
    /** A program that cannot be started, or does not do what is asked of it. */
    PROGRAM,
    /** This build does not contain the backend. */
    NOT_IN_THIS_BUILD
  }
}
