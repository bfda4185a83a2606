package dev.lockstep.backend;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/**
 * {@link Work} that a backend has opened for timing and that can run repeatedly. Must be used by
 * one thread.
 *
 * <p>Methods may throw a {@link BackendFault}. After that the work can only be closed.
 */
public interface Timed extends AutoCloseable {

  /** Runs the work {@code calls} times and waits for the last call to end. */
  Times run(int calls);

  @Override
  void close();

  /**
   * The total time of some calls, in milliseconds.
   *
   * @param own time by the clock of the device or the external program; empty on the host
   * @param wall time by the host's clock, including the wait for the last call
   */
  record Times(OptionalDouble own, double wall) {

    /** Returns the time of host work since {@code start}, a {@link System#nanoTime}. */
    public static Times since(long start) {
      return new Times(OptionalDouble.empty(), (System.nanoTime() - start) * 1e-6);
    }

    /** Returns times by both clocks. */
    public static Times of(double own, double wall) {
      return new Times(OptionalDouble.of(own), wall);
    }
  }

  /** Training steps. */
  interface Steps extends Timed {

    /** Returns the trainer whose steps are timed, for inspection. */
    Trainer trainer();

    /** Submits steps to a device without waiting for them; {@link #await} must follow. */
    default void submit(int steps) {
      throw new UnsupportedOperationException("only a device is handed steps");
    }

    /** Waits for all submitted steps. */
    default void await() {}

    /**
     * Creates timed steps of a trainer.
     *
     * @param run runs and times a number of steps
     */
    static Steps of(Trainer trainer, IntFunction<Times> run) {
      return new Steps() {
        @Override
        public Trainer trainer() {
          return trainer;
        }

        @Override
        public Times run(int steps) {
          return run.apply(steps);
        }

        @Override
        public void close() {
          trainer.close();
        }
      };
    }
  }

  /** Work on one or more sets of tensors; successive calls use successive sets. */
  interface Tensors extends Timed {

    /** The number of sets. */
    int sets();

    /**
     * Overwrites operands in every set, and fills pure results with zeros or NaN, so that values
     * found there later were computed later. The next call uses the first set.
     *
     * @param operands the new values of operands
     */
    void load(Map<Tensor, ? extends Matrix> operands);

    /** Copies a region of a result in a set (from 0). */
    FloatMatrix part(int set, Tensor result, Region region);
  }
}
