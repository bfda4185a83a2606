package dev.lockstep.backend;

/** States whether a backend can run on this machine and, if not, what is missing. */
public sealed interface Availability {

  /**
   * Checks that the backend can run.
   *
   * @throws UnavailableException with this availability, unless it is {@link Available}
   */
  default void require() {
    if (!(this instanceof Available)) {
      throw new UnavailableException(this);
    }
  }

  /**
   * The backend can run.
   *
   * @param detail what it runs on, such as the vector width
   * @param hardware whether a device is real or emulated
   */
  record Available(String detail, Hardware hardware) implements Availability {
    /** Creates an availability on real hardware. */
    public Available(String detail) {
      this(detail, Hardware.REAL);
    }
  }

  /** Whether a device is real or emulated. */
  enum Hardware {
    /** A device. */
    REAL,
    /**
     * A program that runs the device's code on the CPU. Its bits are those of the code; its speed
     * says nothing about a device.
     */
    EMULATED
  }

  /**
   * The backend cannot run because something is missing that could be installed or provided.
   *
   * @param reason what is missing
   * @param remedy how to provide it
   */
  record Unavailable(Reason reason, String remedy) implements Availability {
    /** Creates an unavailability from the parts of its reason. */
    public Unavailable(Cause cause, String sentence, String remedy) {
      this(new Reason(cause, sentence), remedy);
    }

    /** Returns the reason and the remedy as one clause. */
    @Override
    public String toString() {
      return reason.sentence() + ": " + remedy;
    }
  }

  /**
   * This machine cannot run the backend, whatever is installed.
   *
   * @param reason what the machine lacks
   */
  record Unsupported(Reason reason) implements Availability {
    @Override
    public String toString() {
      return reason.sentence();
    }
  }

  /**
   * The reason why a backend cannot run.
   *
   * @param kind the kind of reason, for programs
   * @param sentence what was needed and what was found, for people
   */
  record Reason(Cause kind, String sentence) {}

  /** The kinds of reasons. */
  enum Cause {
    /** The processor has no fused multiply-add. */
    NO_FMA,
    /** Linux does not describe the caches, so no array is known to lie outside them. */
    UNKNOWN_CACHES,
    /** The requested vector width is wider than the processor's or not a valid width. */
    VECTOR_WIDTH,
    /** The JVM was started without the module jdk.incubator.vector. */
    NO_VECTOR_API,
    /** The backend was not built for this operating system or processor. */
    PLATFORM,
    /** There is no NVIDIA driver library. */
    NO_DRIVER,
    /** The driver's CUDA version is older than the code requires. */
    DRIVER_TOO_OLD,
    /** The driver reported an error. */
    DRIVER_FAILED,
    /** The driver finds no usable device, or not the requested one. */
    NO_DEVICE,
    /** The device's compute capability is lower than the kernels require. */
    COMPUTE_CAPABILITY,
    /** The device has too little memory. */
    OUT_OF_MEMORY,
    /** cuBLAS is missing or cannot be loaded. */
    NO_CUBLAS,
    /** A library does not use the requested math mode. */
    MATH_MODE,
    /** The backend does not support this major version of cuBLAS. */
    CUBLAS_VERSION,
    /** The backend's bundled native code cannot be extracted or loaded. */
    NATIVES,
    /** An external program cannot be started or does not follow the protocol. */
    PROGRAM,
    /** This build does not contain the backend. */
    NOT_IN_THIS_BUILD
  }
}
