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

/** Work that a backend can repeat for timing. */
public sealed interface Work {

  /** Training steps, starting at the initial parameters. */
  record Step(Workload workload, Submission submission) implements Work {}

  /** Work on tensors that belong to no training. */
  sealed interface OnTensors extends Work {}

  /** A product C = op(A) op(B). */
  record Product(ProductForm form, Matrix a, Matrix b) implements OnTensors {
    /** Returns this product as an operation whose operands are reused in every call. */
    public Operation operation() {
      SingleOp single = SingleOp.product(ProductShape.of(form, a, b));
      return new Operation(single, single.operands(List.of(a, b)), CacheState.WARM);
    }
  }

  /**
   * A single operation of a step, with the code that trains. In training, some backends fuse it
   * with a product.
   *
   * @param operands the initial values of the operands
   */
  record Operation(SingleOp single, Map<Tensor, Matrix> operands, CacheState cache)
      implements OnTensors {}

  /** Copies of a {@link #source} to a {@link #target}. */
  sealed interface Copying extends OnTensors {
    /** The amount to copy, in KiB. */
    int kibibytes();

    /** Returns a tensor whose rows are 1 KiB each. */
    private Tensor tensor(String name) {
      return SingleOp.tensor(name, kibibytes(), 1024 / Float.BYTES);
    }

    /** The tensor to copy from. */
    default Tensor source() {
      return tensor("numbers to copy");
    }

    /** The tensor to copy to. */
    default Tensor target() {
      return tensor("numbers copied");
    }
  }

  /** Copies between host and device memory. */
  record Transfer(int kibibytes, HostMemory memory, Direction direction) implements Copying {}

  /** Copies within device memory. */
  record Copy(int kibibytes) implements Copying {}

  /** How a step is submitted to a device. Host backends ignore it. */
  enum Submission implements Labelled {
    /** Recorded once into a graph that is launched as a whole, as in training. */
    GRAPH,
    /** Each kernel is launched separately. */
    EAGER;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The kind of host memory of a transfer. */
  enum HostMemory implements Labelled {
    /** Page-locked memory, which the device accesses directly. */
    PINNED,
    /** Ordinary memory; the host waits for every copy. */
    PAGEABLE;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The direction of a transfer. */
  enum Direction implements Labelled {
    TO_DEVICE,
    TO_HOST;

    @Override
    public String label() {
      return Labelled.hyphenated(this);
    }
  }

  /** Whether the operands of an operation are in the caches before a call. */
  enum CacheState implements Labelled {
    /** Each call works on the same tensors, so caches hold as much of them as fits. */
    WARM,
    /**
     * Successive calls work on different sets of tensors. Together the sets are twice as large as
     * the caches, so a set has been evicted before it is used again.
     */
    COLD;

    private static final int TIMES_THE_CACHE = 2;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the number of sets of tensors that this state requires.
     *
     * @param cacheBytes size of the last-level caches that can hold the tensors
     * @param setBytes size of one set
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
