package dev.lockstep.gpu.training;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Available;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.model.Activation;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.ResidentSymmetry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Trains with every backend on CUDA for three steps, in a JVM of its own, on the machine that it
 * finds. A line is printed for each: its name and the digests of the parameters, or why it is not
 * available. Any argument makes it stay, with a trainer open, until it is killed.
 */
final class TrainingRun {

  static final List<DeviceBackend> BACKENDS =
      List.of(
          new CudaBackend(),
          new CublasBackend(),
          new CublasPedanticBackend(),
          new CublasTf32Backend(),
          new CublasBf16Backend());

  private static final Workload WORKLOAD = Workloads.random(Activation.TANH, 33, 33, 7);

  private TrainingRun() {}

  public static void main(String[] arguments) throws InterruptedException {
    BACKENDS.forEach(backend -> System.out.println(line(backend)));
    if (BACKENDS.getLast().availability(new Resources(1)) instanceof Available here) {
      System.out.println(here.detail());
    }
    if (arguments.length > 0) {
      try (Trainer trainer = BACKENDS.getLast().open(WORKLOAD, new Resources(1))) {
        trainer.run(1);
        System.out.println("open");
        Thread.sleep(Duration.ofHours(1));
      }
    }
  }

  /** What is printed for a backend. */
  static String line(DeviceBackend backend) {
    try (Trainer trainer = backend.open(WORKLOAD, new Resources(1))) {
      trainer.run(3);
      return backend.name()
          + ": "
          + ((ResidentSymmetry) trainer)
              .digests().stream().map(Object::toString).collect(Collectors.joining(" "));
    } catch (UnavailableException e) {
      Availability why = e.availability();
      return why instanceof Unavailable(Availability.Reason reason, String _)
          ? String.format(
              Locale.ROOT, "%s: %s | %s", backend.name(), reason.kind(), reason.sentence())
          : String.format(Locale.ROOT, "%s: %s", backend.name(), why);
    }
  }
}
