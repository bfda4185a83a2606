package dev.lockstep.backend;

import dev.lockstep.matrix.FloatMatrix;
import java.util.List;

/**
 * A backend in host memory whose operations other than products can be run alone, again and again,
 * on arrays of their own: for timing.
 */
public interface Elementwise {

  /**
   * An operation, with the very code that the backend's trainer computes it with.
   *
   * @param operation its operands are copied
   * @param cache whether each call works on the same arrays
   * @throws UnavailableException if the backend cannot run here
   */
  Kernel elementwise(ElementwiseOperation operation, CacheState cache, Resources resources);

  /** One operation on sets of arrays that take turns. For one thread at a time. */
  interface Kernel extends AutoCloseable {

    /** How many sets of arrays there are. */
    int sets();

    /**
     * Overwrites the operands of every set, and with NaN what is only written.
     *
     * @param operation of the same kind and shapes as the first
     */
    void load(ElementwiseOperation operation);

    /** Runs it on the next set. */
    void run();

    /** Copies of what was computed in a set, as {@link ElementwiseOperation#by} lists it. */
    List<FloatMatrix> results(int set);

    /** Ends its threads and gives back what it holds. */
    @Override
    void close();
  }
}
