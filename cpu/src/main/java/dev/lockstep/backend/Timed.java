package dev.lockstep.backend;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/**
 * {@link Work} that a backend has opened, to be done again and again. For one thread.
 *
 * <p>Methods may throw a {@link BackendFault}; after one it can only be closed.
 */
public interface Timed extends AutoCloseable {

  /** Does it so many times and waits for the last to end. */
  Times run(int calls);

  @Override
  void close();

  /**
   * How long some calls took together.
   *
   * @param own milliseconds by the clock of the device or the program; empty on the host
   * @param wall milliseconds by the host's clock, the wait for the last call included
   */
  record Times(OptionalDouble own, double wall) {

    /** Of work on the host, from a {@link System#nanoTime} on. */
    public static Times since(long start) {
      return new Times(OptionalDouble.empty(), (System.nanoTime() - start) * 1e-6);
    }

    /** Of work that another clock has timed, too. */
    public static Times of(double own, double wall) {
      return new Times(OptionalDouble.of(own), wall);
    }
  }

  /** Training steps. */
  interface Steps extends Timed {

    /** What is timed, to be looked at. */
    Trainer trainer();

    /** Hands steps to a device and waits for none of them; {@link #await} must follow. */
    default void submit(int steps) {
      throw new UnsupportedOperationException("only a device is handed steps");
    }

    /** Waits for what was submitted. */
    default void await() {}

    /**
     * Steps of a trainer.
     *
     * @param run runs and times so many
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

  /** Work on one or more sets of tensors, which take turns. */
  interface Tensors extends Timed {

    /** How many sets there are. */
    int sets();

    /**
     * Overwrites tensors of every set, and what calls only write with zeros or NaN, so that what is
     * there later was computed later. The first set is next.
     *
     * @param operands those to be overwritten
     */
    void load(Map<Tensor, ? extends Matrix> operands);

    /** A copy of a piece of a result. */
    FloatMatrix part(int set, Tensor result, Region region);
  }
}
