package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;

/** Copies from one part of the device's memory to another: how fast memory can be at best. */
public final class DeviceCopyTimer implements AutoCloseable {
  private static final int COLUMNS = 1 << 10;
  private static final int PIECE_ROWS = 1 << 10;

  private final DeviceSession session;
  private final int rows;
  private final DeviceMemory source;
  private final DeviceMemory target;
  private final StopWatch watch;
  private final Closing owned = new Closing();

  private DeviceCopyTimer(Products by, int device, int kibibytes) {
    // A row is 4 KiB.
    rows = Math.max(1, kibibytes / (COLUMNS * Float.BYTES >> 10));
    try {
      DeviceNeed need = DeviceNeed.ofSession(by).plus(2 * bytes());
      session = owned.own(DeviceSession.open(by, device, need));
      watch = owned.own(StopWatch.open(session.stream));
      source = owned.own(session.allocate("bytes to copy", bytes() / Float.BYTES));
      target = owned.own(session.allocate("bytes copied", bytes() / Float.BYTES));
      session.staging.upload(new DrawnMatrix(rows, COLUMNS, DeviceCopyTimer::element), source);
      clear();
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  /** The integers from 0 on, which binary32 holds up to 2^24: no element equals one a row away. */
  private static double element(int row, int column) {
    return ((long) row * COLUMNS + column) % (1 << 24);
  }

  static DeviceCopyTimer open(Products by, int device, int kibibytes) {
    return new DeviceCopyTimer(by, device, kibibytes);
  }

  /** How many are copied. */
  public long bytes() {
    return (long) rows * COLUMNS * Float.BYTES;
  }

  /** Copies so many times. */
  public DeviceWindow time(int calls) {
    return watch.time(
        calls,
        () -> {
          for (int i = 0; i < calls; i++) {
            session.stream.copyWithin(source, target, bytes());
          }
        });
  }

  /** Overwrites the target with zeros. */
  public void clear() {
    session.stream.clear(target);
    session.stream.synchronize();
  }

  /** Whether every byte of the target is as it was put into the source. */
  public boolean copied() {
    for (int first = 0; first < rows; first += PIECE_ROWS) {
      int from = first;
      int count = Math.min(PIECE_ROWS, rows - first);
      FloatMatrix expected = new DrawnMatrix(count, COLUMNS, (i, j) -> element(from + i, j)).copy();
      FloatMatrix actual = new FloatMatrix(count, COLUMNS);
      session.staging.download(target, (long) from * COLUMNS, COLUMNS, actual);
      if (expected.firstDifference(actual) >= 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    owned.close();
  }
}
