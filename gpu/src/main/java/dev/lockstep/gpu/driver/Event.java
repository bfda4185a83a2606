package dev.lockstep.gpu.driver;

import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/** A mark in a stream that notes when the device came past it. */
public final class Event implements Closing.Resource {
  private final CUevent event = new CUevent();
  private boolean closed;

  private Event() {}

  /** An event that keeps its time. */
  public static Event open() {
    Event opened = new Event();
    Status.driver(JCudaDriver.cuEventCreate(opened.event, 0), "creation", "an event");
    return opened;
  }

  /** Puts the mark into the stream. */
  public void record(Stream stream) {
    Status.driver(JCudaDriver.cuEventRecord(event, stream.handle()), "recording", "an event");
  }

  /** Waits until the device has passed the mark; not at all if it was never recorded. */
  public void await() {
    Status.driver(JCudaDriver.cuEventSynchronize(event), "completion", "the work before an event");
  }

  /** Milliseconds of device time between two marks that the device has passed. */
  public static double milliseconds(Event from, Event to) {
    float[] elapsed = new float[1];
    Status.driver(
        JCudaDriver.cuEventElapsedTime(elapsed, from.event, to.event), "time", "two events");
    return elapsed[0];
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Status.driver(JCudaDriver.cuEventDestroy(event), "release", "an event");
    }
  }
}
