package dev.lockstep.gpu.driver;

import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/** A mark in a stream; the device records the time at which it passes the mark. */
public final class Event extends Owned {
  private final CUevent event = new CUevent();

  private Event() {}

  /** Creates an event that records the time. */
  public static Event open() {
    Event opened = new Event();
    Status.driver(JCudaDriver.cuEventCreate(opened.event, 0), "creation", "an event");
    return opened;
  }

  /** Enqueues the mark into a stream. */
  public void record(Stream stream) {
    Status.driver(JCudaDriver.cuEventRecord(event, stream.handle()), "recording", "an event");
  }

  /** Waits until the device has passed the mark. Returns at once if it was never enqueued. */
  public void await() {
    Status.driver(JCudaDriver.cuEventSynchronize(event), "completion", "the work before an event");
  }

  /** The milliseconds of device time between two marks that the device has passed. */
  public static double milliseconds(Event from, Event to) {
    float[] elapsed = new float[1];
    Status.driver(
        JCudaDriver.cuEventElapsedTime(elapsed, from.event, to.event), "time", "two events");
    return elapsed[0];
  }

  @Override
  void release() {
    Status.driver(JCudaDriver.cuEventDestroy(event), "release", "an event");
  }
}
