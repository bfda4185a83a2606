package dev.lockstep.gpu.training;

import dev.lockstep.backend.Timed.Times;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Event;
import dev.lockstep.gpu.driver.Stream;

/** Times work in a stream by two events and by the host's clock. */
final class StopWatch implements Closing.Resource {
  private final Stream stream;
  private final Event before;
  private final Event after;
  private final Closing owned = new Closing();

  private StopWatch(Stream stream) {
    this.stream = stream;
    before = owned.allocate(Event::open);
    after = owned.allocate(Event::open);
  }

  /** Opens it on a stream, which the caller keeps. */
  static StopWatch open(Stream stream) {
    return new StopWatch(stream);
  }

  /**
   * Times work that starts on an empty stream. The host's time includes one wait for the stream at
   * the end.
   */
  Times time(Runnable work) {
    stream.synchronize();
    long start = System.nanoTime();
    before.record(stream);
    work.run();
    after.record(stream);
    stream.synchronize();
    long end = System.nanoTime();
    return Times.of(Event.milliseconds(before, after), (end - start) * 1e-6);
  }

  @Override
  public void close() {
    owned.close();
  }
}
