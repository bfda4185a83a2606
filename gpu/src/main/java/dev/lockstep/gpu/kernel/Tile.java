package dev.lockstep.gpu.kernel;

import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The part of C that one block of threads computes. Every tile gives the same bits; they differ in
 * speed alone.
 */
public enum Tile {
  /** 8 x 8 elements a thread: for outputs that fill the device. */
  LARGE(128, 128, 256, 0.89),
  /** 8 x 4 elements a thread. */
  MEDIUM(64, 64, 128, 0.84),
  /** 4 x 2 elements a thread. */
  SMALL(32, 32, 128, 0.50),
  /** 2 x 1 elements a thread: for few outputs, where the latency of a chain is the bound. */
  TINY(16, 16, 128, 0.25);

  /** Multiply-adds that a multiprocessor of any supported generation starts in a cycle. */
  private static final double LANES = 128;

  /** Cycles from one multiply-add of a chain to the next. */
  private static final double CHAIN = 4;

  private final int rows;
  private final int columns;
  private final int threads;
  private final double efficiency;

  /**
   * @param efficiency share of the lanes' rate that the design counts on where blocks abound;
   *     measured on no device. For the first two, the share of multiply-adds among the instructions
   *     of a panel, of the worst form ({@code gemm.cuh}). The last two wait for shared memory: half
   *     the rate is an estimate, and {@code TINY} reads twice as much for each multiply-add
   */
  Tile(int rows, int columns, int threads, double efficiency) {
    this.rows = rows;
    this.columns = columns;
    this.threads = threads;
    this.efficiency = efficiency;
  }

  /** Rows of C. */
  public int rows() {
    return rows;
  }

  /** Columns of C. */
  public int columns() {
    return columns;
  }

  /** Threads of a block. */
  public int threads() {
    return threads;
  }

  /** {@code 128x128}, as in the names of the kernels. */
  public String label() {
    return rows + "x" + columns;
  }

  /** Blocks that cover C. */
  public long blocks(ProductShape shape) {
    return Math.ceilDiv(shape.m(), rows) * (long) Math.ceilDiv(shape.n(), columns);
  }

  /**
   * The tile that should be fastest: each term costs a multiprocessor the cycles of all blocks that
   * fall to it, and never less than one link of a chain. Of equals the larger, which reads less.
   *
   * @param multiprocessors of the device
   */
  public static Tile of(ProductShape shape, int multiprocessors) {
    return Arrays.stream(values())
        .min(Comparator.comparingDouble(tile -> tile.cyclesPerTerm(shape, multiprocessors)))
        .orElseThrow();
  }

  private double cyclesPerTerm(ProductShape shape, int multiprocessors) {
    double perBlock = rows * columns / (LANES * efficiency);
    return Math.max(CHAIN, Math.ceilDiv(blocks(shape), multiprocessors) * perBlock);
  }
}
