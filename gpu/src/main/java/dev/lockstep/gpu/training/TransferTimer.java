package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PinnedMemory;

/** Copies between pinned memory of the host and the device. */
public final class TransferTimer implements AutoCloseable {
  private final DeviceSession session;
  private final int bytes;
  private final PinnedMemory source;
  private final PinnedMemory target;
  private final DeviceMemory memory;
  private final StopWatch watch;
  private final Closing owned = new Closing();

  /** Which way. */
  public enum Direction {
    TO_DEVICE,
    TO_HOST
  }

  private TransferTimer(Products by, int device, int bytes) {
    this.bytes = bytes;
    try {
      session = owned.own(DeviceSession.open(by, device, DeviceNeed.ofSession(by).plus(bytes)));
      watch = owned.own(StopWatch.open(session.stream));
      source = owned.own(PinnedMemory.allocate("bytes to send", bytes));
      target = owned.own(PinnedMemory.allocate("bytes received", bytes));
      memory = owned.own(DeviceMemory.allocate(session.context, "bytes", bytes));
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  static TransferTimer open(Products by, int device, int bytes) {
    return new TransferTimer(by, device, bytes);
  }

  /** How many. */
  public int bytes() {
    return bytes;
  }

  /** Copies all bytes so many times. */
  public DeviceWindow time(Direction direction, int calls) {
    return watch.time(
        calls,
        () -> {
          for (int i = 0; i < calls; i++) {
            copy(direction);
          }
        });
  }

  private void copy(Direction direction) {
    switch (direction) {
      case TO_DEVICE -> session.stream.copyIn(source, memory, 0, bytes);
      case TO_HOST -> session.stream.copyOut(memory, 0, target, bytes);
    }
  }

  /** Whether bytes that depend on {@code seed} come back as they were sent. */
  public boolean returnsWhatItWasSent(int seed) {
    for (int i = 0; i < bytes; i++) {
      source.segment().set(JAVA_BYTE, i, (byte) (i * 31 + seed));
    }
    copy(Direction.TO_DEVICE);
    copy(Direction.TO_HOST);
    session.stream.synchronize();
    return source.segment().asSlice(0, bytes).mismatch(target.segment().asSlice(0, bytes)) < 0;
  }

  @Override
  public void close() {
    owned.close();
  }
}
