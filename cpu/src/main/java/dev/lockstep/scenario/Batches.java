package dev.lockstep.scenario;

import dev.lockstep.random.Shuffle;

/**
 * Which rows each step trains on: every epoch a fresh Fisher-Yates permutation by (seed, epoch),
 * cut into batches; the last rows that do not fill a batch are dropped.
 *
 * <p>Not thread-safe: the permutation of the last epoch asked for is kept.
 */
public final class Batches {

  private final int rows;
  private final int batch;
  private final long seed;
  private long epoch = -1;
  private int[] permutation = {};

  /**
   * @throws IllegalArgumentException if the batch is empty or larger than the data
   */
  public Batches(int rows, int batch, long seed) {
    if (batch < 1 || batch > rows) {
      throw new IllegalArgumentException("no batch of " + batch + " rows out of " + rows);
    }
    this.rows = rows;
    this.batch = batch;
    this.seed = seed;
  }

  /** Steps of one epoch. */
  public int stepsPerEpoch() {
    return rows / batch;
  }

  /** Rows of one batch. */
  public int size() {
    return batch;
  }

  /** Writes the row numbers of a step, counted from 0, to {@code rowNumbers[0 .. size())}. */
  public void rowsOf(long step, int[] rowNumbers) {
    seek(step / stepsPerEpoch());
    int from = (int) (step % stepsPerEpoch()) * batch;
    System.arraycopy(permutation, from, rowNumbers, 0, batch);
  }

  /**
   * A copy of an epoch's permutation of all rows: its step s trains on elements {@code s size()} to
   * {@code (s + 1) size()}.
   */
  public int[] permutation(long wanted) {
    seek(wanted);
    return permutation.clone();
  }

  private void seek(long wanted) {
    if (wanted != epoch) {
      permutation = Shuffle.permutation(seed, wanted, rows);
      epoch = wanted;
    }
  }
}
