package dev.lockstep.backend;

import dev.lockstep.input.Labelled;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a backend can do again and again, to be timed. */
public sealed interface Work {

  /** Training steps, from the initial parameters on. */
  record Step(Workload workload, Submission submission) implements Work {}

  /** What is done with tensors that belong to no training. */
  sealed interface OnTensors extends Work {}

  /** C = op(A) op(B). */
  record Product(ProductForm form, Matrix a, Matrix b) implements OnTensors {
    /** The same as an operation on operands that stay where they are. */
    public Operation operation() {
      SingleOp single = SingleOp.product(ProductShape.of(form, a, b));
      return new Operation(single, single.operands(List.of(a, b)), CacheState.WARM);
    }
  }

  /**
   * An operation of a step, by the very code that trains, though some backends join it to a product
   * there.
   *
   * @param operands what it works on at first
   */
  record Operation(SingleOp single, Map<Tensor, Matrix> operands, CacheState cache)
      implements OnTensors {}

  /** Copies of a {@link #source} to a {@link #target}. */
  sealed interface Copying extends OnTensors {
    /** How much is copied. */
    int kibibytes();

    /** A row is a KiB. */
    private Tensor tensor(String name) {
      return SingleOp.tensor(name, kibibytes(), 1024 / Float.BYTES);
    }

    /** What is copied. */
    default Tensor source() {
      return tensor("numbers to copy");
    }

    /** Where it is copied to. */
    default Tensor target() {
      return tensor("numbers copied");
    }
  }

  /** Copies between memory of the host and a device's. */
  record Transfer(int kibibytes, HostMemory memory, Direction direction) implements Copying {}

  /** Copies within a device's memory. */
  record Copy(int kibibytes) implements Copying {}

  /** How a step gets to a device; says nothing to a backend on the host. */
  enum Submission implements Labelled {
    /** Recorded once into a graph, launched whole: as a backend trains. */
    GRAPH,
    /** One launch after the other. */
    EAGER;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The kinds of host memory that a transfer starts or ends in. */
  enum HostMemory implements Labelled {
    /** The device reads and writes it by itself. */
    PINNED,
    /** Ordinary memory; the host waits in every copy. */
    PAGEABLE;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which way a transfer goes. */
  enum Direction implements Labelled {
    TO_DEVICE,
    TO_HOST;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Where the operands of an operation lie before a call. */
  enum CacheState implements Labelled {
    /** Each call works on the same tensors: caches hold of them what they can. */
    WARM,
    /**
     * Each call works on other tensors than the calls before it; all together are twice as large as
     * the caches, so that none is there any more when its turn comes again.
     */
    COLD;

    private static final int TIMES_THE_CACHE = 2;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * How many sets of tensors this takes.
     *
     * @param cacheBytes of the last-level caches that can hold them
     * @param setBytes of one set
     */
    public int sets(long cacheBytes, long setBytes) {
      return switch (this) {
        case WARM -> 1;
        case COLD ->
            Math.toIntExact(
                Math.max(2, Math.ceilDiv(TIMES_THE_CACHE * cacheBytes, Math.max(1, setBytes))));
      };
    }
  }
}
