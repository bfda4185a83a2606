package dev.lockstep.gpu.kernel;

import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The part of C that one block of threads computes. All tiles give the same bits and differ only in
 * speed.
 */
public enum Tile {
  /** 8 x 8 elements per thread, for outputs that fill the device. */
  LARGE(128, 128, 256, 0.89),
  /** 8 x 4 elements per thread. */
  MEDIUM(64, 64, 128, 0.84),
  /** 4 x 2 elements per thread. */
  SMALL(32, 32, 128, 0.50),
  /** 2 x 1 elements per thread, for few outputs, where the latency of a chain is the limit. */
  TINY(16, 16, 128, 0.25);

  /** Multiply-adds that a multiprocessor of any supported generation starts per cycle. */
  private static final double LANES = 128;

  /** Cycles from one multiply-add of a chain to the next. */
  private static final double CHAIN = 4;

  private final int rows;
  private final int columns;
  private final int threads;
  private final double efficiency;

  /**
   * @param efficiency the share of the lanes' rate that the design expects when there are many
   *     blocks; it was not measured on a device. For the first two tiles it is the share of
   *     multiply-adds among the instructions of a panel of the worst form ({@code gemm.cuh}). The
   *     last two wait for shared memory: half the rate is an estimate, and {@code TINY} reads twice
   *     as much per multiply-add
   */
  Tile(int rows, int columns, int threads, double efficiency) {
    this.rows = rows;
    this.columns = columns;
    this.threads = threads;
    this.efficiency = efficiency;
  }

  /** The rows of C that a block computes. */
  public int rows() {
    return rows;
  }

  /** The columns of C that a block computes. */
  public int columns() {
    return columns;
  }

  /** The threads of a block. */
  public int threads() {
    return threads;
  }

  /** The size as kernels' names have it, such as {@code 128x128}. */
  public String label() {
    return rows + "x" + columns;
  }

  /** The number of blocks that cover C. */
  public long blocks(ProductShape shape) {
    return Math.ceilDiv(shape.m(), rows) * (long) Math.ceilDiv(shape.n(), columns);
  }

  /**
   * Chooses the tile that should be fastest. Each term costs a multiprocessor the cycles of all its
   * blocks, and at least one link of a chain. Among equals the larger tile, which reads less, wins.
   *
   * @param multiprocessors their number on the device
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
