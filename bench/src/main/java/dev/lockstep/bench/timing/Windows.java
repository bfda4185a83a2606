package dev.lockstep.bench.timing;

import dev.lockstep.bench.timing.Measurement.Sample;
import dev.lockstep.gpu.training.DeviceWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/** Warms up and takes windows, as a {@link Protocol} says. */
final class Windows {

  private Windows() {}

  /**
   * Of work on a device.
   *
   * @param reset puts everything back to where it was before a window; not timed
   * @param work does so many calls and times them
   */
  static List<Sample> onDevice(Protocol protocol, Runnable reset, IntFunction<DeviceWindow> work) {
    return take(
        protocol,
        reset,
        calls -> {
          DeviceWindow window = work.apply(calls);
          return new Sample(
              calls,
              OptionalDouble.of(window.deviceMilliseconds() / calls),
              window.wallMilliseconds() / calls);
        });
  }

  /** Of work on the CPU, by the clock alone. */
  static List<Sample> onHost(Protocol protocol, Runnable reset, IntFunction<?> work) {
    return take(
        protocol,
        reset,
        calls -> {
          long start = System.nanoTime();
          Object _ = work.apply(calls);
          return new Sample(
              calls, OptionalDouble.empty(), (System.nanoTime() - start) * 1e-6 / calls);
        });
  }

  private static List<Sample> take(Protocol protocol, Runnable reset, IntFunction<Sample> window) {
    long end = System.nanoTime() + protocol.warmUp().toNanos();
    int calls = 1;
    do {
      reset.run();
      calls = protocol.calls(window.apply(calls).wallMilliseconds());
    } while (System.nanoTime() < end);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < protocol.windows(); i++) {
      reset.run();
      samples.add(window.apply(calls));
    }
    return samples;
  }
}
