package dev.lockstep.scenario;

import dev.lockstep.random.Shuffle;

/**
 * The rows of each training step. Every epoch has its own permutation ({@link Shuffle}), which is
 * cut into batches. The last rows of an epoch that do not fill a batch are dropped.
 *
 * <p>This class is not thread-safe, because it caches the permutation of the last epoch asked for.
 */
public final class Batches {

  private final int rows;
  private final int batch;
  private final long seed;
  private long epoch = -1;
  private int[] permutation = {};

  /**
   * The batches of a data set.
   *
   * @param rows rows of the data
   * @param batch rows of a batch
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

  /** The number of steps of an epoch. */
  public int stepsPerEpoch() {
    return rows / batch;
  }

  /** The number of rows of a batch. */
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
   * A copy of an epoch's permutation of all rows. Step s of the epoch trains on the elements from
   * {@code s * size()} up to, but not including, {@code (s + 1) * size()}.
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
