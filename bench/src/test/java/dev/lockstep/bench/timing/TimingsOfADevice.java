package dev.lockstep.bench.timing;

import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work.Direction;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.time.Duration;
import java.util.List;

/**
 * Times a little of everything on the device that is found, for as short as can be: on an emulated
 * one it shows that timing works.
 */
public final class TimingsOfADevice {
  private static final Protocol SHORT = new Protocol(Duration.ofMillis(1), 3, Duration.ofMillis(1));

  private TimingsOfADevice() {}

  /** Prints a line a measurement; without a name of cuda and cublas, and of transfers. */
  public static void main(String[] names) {
    Workload workload =
        new Scenario(
                new DataSource.EmbeddedDigits(),
                List.of(33, 129),
                Activation.TANH,
                new Initialization.Glorot(Initialization.Distribution.UNIFORM),
                new LearningRate.Uniform(0.01),
                33,
                1,
                11)
            .prepareOnReading(Digits.load());
    for (String name : names.length == 0 ? List.of("cuda", "cublas") : List.of(names)) {
      Timings timings = timings(name);
      print(timings.step(workload, Submission.GRAPH));
      if (names.length == 0) {
        print(timings.step(workload, Submission.EAGER));
      }
      print(timings.product(name.equals("cuda") ? ProductForm.ABT : ProductForm.ATB, 33, 129, 250));
    }
    if (names.length == 0) {
      for (Direction direction : Direction.values()) {
        print(timings("cuda").transfer(3, direction));
      }
    }
  }

  private static Timings timings(String name) {
    return new Timings(Backends.named("test", name), new Resources(1), SHORT);
  }

  private static void print(Measurement measurement) {
    System.out.println(Measurement.table(List.of(measurement)).lines(400).getLast());
  }
}
