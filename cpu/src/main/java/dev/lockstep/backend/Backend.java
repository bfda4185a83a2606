package dev.lockstep.backend;

import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;

/**
 * An implementation of the training step, identified by its exact name.
 *
 * <p>To add one, write a public class with a public no-argument constructor, name it in {@code
 * META-INF/services/dev.lockstep.backend.Backend}, and subclass the contract suite in the tests.
 * {@link #name}, {@link #kind} and {@link #availability} must be cheap and must not throw.
 */
public interface Backend {

  /** The exact name, in lower case. */
  String name();

  /** The guarantee on the backend's bits. */
  Kind kind();

  /** How it rounds operands of products; only a {@link Kind#isLibrary library} may round them. */
  default OperandRounding operandRounding() {
    return OperandRounding.NONE;
  }

  /** How it treats subnormal numbers; only a {@link Kind#isLibrary library} may flush them. */
  default Subnormals subnormals() {
    return Subnormals.KEPT;
  }

  /** Bytes per real number in the backend's tensors: 8 for binary64, 4 for binary32. */
  default int elementBytes() {
    return kind() == Kind.ORACLE ? Double.BYTES : Float.BYTES;
  }

  /** Where a backend keeps its tensors. */
  enum Placement {
    /** In this JVM's heap or native memory. */
    HOST,
    /** In a device's memory; this process submits the steps. */
    DEVICE,
    /** In another process. */
    PROCESS
  }

  /** Where the backend keeps its tensors and computes its steps. */
  default Placement placement() {
    return Placement.HOST;
  }

  /** The largest number of threads that the backend can use. */
  default int mostThreads() {
    return Integer.MAX_VALUE;
  }

  /** Whether a backend is built for speed or as a reference. */
  enum Speed {
    /** Optimized for speed. */
    FULL,
    /** A plain reference; runs only a few steps where steps are large. */
    REFERENCE
  }

  /** Whether the backend is built for speed or as a reference. */
  default Speed speed() {
    return Speed.FULL;
  }

  /** Whether a backend takes part when a command names no backends. */
  enum Attendance {
    /** Takes part whenever it can run. */
    ALWAYS,
    /** Takes part only if it is named. */
    ON_REQUEST
  }

  /** Whether the backend takes part when a command names no backends. */
  default Attendance attendance() {
    return Attendance.ALWAYS;
  }

  /**
   * Returns what a trainer holds in the JVM's heap. Backends that keep their tensors elsewhere
   * return less than the default.
   *
   * @param batch number of rows of a step
   * @param evaluatedRows number of rows of an evaluation
   */
  default MemoryNeed trainerHeap(Network network, int batch, int evaluatedRows) {
    return MemoryNeed.ofTrainer(network, batch, evaluatedRows, elementBytes());
  }

  /** Returns whether the backend can run on this machine with these resources. */
  Availability availability(Resources resources);

  /**
   * Opens a trainer at step 0 with the workload's initial parameters.
   *
   * @throws UnavailableException if the backend cannot run here, or cannot run this workload
   * @throws BackendFault if the backend fails
   */
  Trainer open(Workload workload, Resources resources);

  /**
   * Opens the single operations of a step.
   *
   * @throws UnavailableException if the backend cannot run here
   * @throws BackendFault if the backend fails
   */
  Operations operations(Resources resources);

  /** Returns whether it can time this kind of work. Every backend can time training steps. */
  default boolean times(Class<? extends Work.OnTensors> work) {
    return false;
  }

  /**
   * Opens training steps for timing.
   *
   * @throws UnavailableException if the backend cannot run here, or cannot run this workload
   * @throws BackendFault if the backend fails
   */
  default Timed.Steps timed(Work.Step work, Resources resources) {
    Trainer trainer = open(work.workload(), resources);
    return Timed.Steps.of(
        trainer,
        steps -> {
          long start = System.nanoTime();
          var _ = trainer.run(steps);
          return Timed.Times.since(start);
        });
  }

  /**
   * Opens other work for timing. It runs the same code as training.
   *
   * @param work work of a kind that the backend {@link #times}
   * @throws UnavailableException if the backend cannot run here, or cannot run this work
   * @throws BackendFault if the backend fails
   */
  default Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    throw new UnsupportedOperationException(name() + " cannot time " + work);
  }
}
