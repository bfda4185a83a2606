package dev.lockstep.backend;

import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;

/**
 * An implementation of the training step, known by one exact name.
 *
 * <p>To add one: a public class with a public constructor without arguments, its name in {@code
 * META-INF/services/dev.lockstep.backend.Backend}, and a subclass of the contract suite in the
 * tests. Looking at {@link #name}, {@link #kind} and {@link #availability} must be cheap and must
 * not fail.
 */
public interface Backend {

  /** The exact name, lower case. */
  String name();

  /** What may be expected of its bits. */
  Kind kind();

  /** How it rounds the operands of its products; only a {@link Kind#LIBRARY} may at all. */
  default OperandRounding operandRounding() {
    return OperandRounding.NONE;
  }

  /** What it does with subnormal numbers; only a {@link Kind#isLibrary library} may flush them. */
  default Subnormals subnormals() {
    return Subnormals.KEPT;
  }

  /** Bytes of a number in its tensors: 8 for binary64, 4 for binary32. */
  default int elementBytes() {
    return kind() == Kind.ORACLE ? Double.BYTES : Float.BYTES;
  }

  /** Where its tensors lie. */
  enum Placement {
    /** In this JVM's heap or in native memory beside it. */
    HOST,
    /** In a device's memory; steps are submitted from here. */
    DEVICE,
    /** In another process. */
    PROCESS
  }

  /** Where its tensors lie, and its steps are computed. */
  default Placement placement() {
    return Placement.HOST;
  }

  /** How many threads it can make use of. */
  default int mostThreads() {
    return Integer.MAX_VALUE;
  }

  /** How fast it is meant to be. */
  enum Speed {
    /** As fast as can be. */
    FULL,
    /** Plain, for reference: where a step is large, a few have to do. */
    REFERENCE
  }

  /** How fast it is meant to be. */
  default Speed speed() {
    return Speed.FULL;
  }

  /** Who takes part where nobody is named. */
  enum Attendance {
    /** Whoever can run. */
    ALWAYS,
    /** Only who is named. */
    ON_REQUEST
  }

  /** Whether it takes part in what names no backends. */
  default Attendance attendance() {
    return Attendance.ALWAYS;
  }

  /**
   * What one of its trainers holds in the JVM's heap. Those whose tensors lie elsewhere say less.
   *
   * @param batch rows of a step
   * @param evaluatedRows rows it is evaluated on
   */
  default MemoryNeed trainerHeap(Network network, int batch, int evaluatedRows) {
    return MemoryNeed.ofTrainer(network, batch, evaluatedRows, elementBytes());
  }

  /** Whether it can run here with these resources. */
  Availability availability(Resources resources);

  /**
   * A trainer at step 0 with the workload's initial parameters.
   *
   * @throws UnavailableException if it cannot run here, or not this workload
   * @throws BackendFault if it failed
   */
  Trainer open(Workload workload, Resources resources);

  /**
   * The single operations a step is made of.
   *
   * @throws UnavailableException if it cannot run here
   * @throws BackendFault if it failed
   */
  Operations operations(Resources resources);

  /** Whether it can time this; training steps, everybody can. */
  default boolean times(Class<? extends Work.OnTensors> work) {
    return false;
  }

  /**
   * Opens training steps to be timed.
   *
   * @throws UnavailableException if it cannot run here, or not this workload
   * @throws BackendFault if it failed
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
   * Opens other work to be timed, computed by the very code that trains.
   *
   * @param work of a kind that it {@link #times}
   * @throws UnavailableException if it cannot run here, or not this
   * @throws BackendFault if it failed
   */
  default Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    throw new UnsupportedOperationException(name() + " cannot time " + work);
  }
}
