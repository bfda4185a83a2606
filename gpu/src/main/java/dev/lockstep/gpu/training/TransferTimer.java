package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.input.Labelled;
import java.util.Locale;

/** Copies between memory of the host and the device. */
public final class TransferTimer implements AutoCloseable {
  private final int bytes;
  private final Stream stream;
  private final HostMemory.Place source;
  private final HostMemory.Place target;
  private final DeviceMemory memory;
  private final StopWatch watch;
  private final Closing owned = new Closing();

  /** Which way. */
  public enum Direction implements Labelled {
    TO_DEVICE,
    TO_HOST;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private TransferTimer(Products by, int device, int bytes, HostMemory kind) {
    this.bytes = bytes;
    try {
      DeviceSession session =
          owned.own(DeviceSession.open(by, device, DeviceNeed.ofSession(by).plus(bytes)));
      stream = kind.stream(session);
      watch = owned.own(StopWatch.open(stream));
      source = owned.own(kind.allocate("bytes to send", bytes, stream));
      target = owned.own(kind.allocate("bytes received", bytes, stream));
      memory = owned.own(DeviceMemory.allocate(session.context, "bytes", bytes));
      session.stream.clear(memory);
      session.stream.synchronize();
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  static TransferTimer open(Products by, int device, int bytes, HostMemory kind) {
    return new TransferTimer(by, device, bytes, kind);
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
      case TO_DEVICE -> source.copyTo(memory);
      case TO_HOST -> target.copyFrom(memory);
    }
  }

  /** Whether bytes that depend on {@code seed} come back as they were sent. */
  public boolean returnsWhatItWasSent(int seed) {
    for (int i = 0; i < bytes; i++) {
      source.segment().set(JAVA_BYTE, i, (byte) (i * 31 + seed));
    }
    copy(Direction.TO_DEVICE);
    copy(Direction.TO_HOST);
    stream.synchronize();
    return source.segment().asSlice(0, bytes).mismatch(target.segment().asSlice(0, bytes)) < 0;
  }

  @Override
  public void close() {
    owned.close();
  }
}
