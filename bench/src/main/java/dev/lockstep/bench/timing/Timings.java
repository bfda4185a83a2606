package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.timing.Measurement.Sample;
import dev.lockstep.bench.timing.Timed.Window;
import dev.lockstep.gpu.training.HostMemory;
import dev.lockstep.gpu.training.Submission;
import dev.lockstep.gpu.training.TransferTimer.Direction;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * Times one backend within a JVM and within seconds: by the clock, and by events where there is a
 * device. What is timed is verified on the same objects before and after, and has no number if it
 * fails. Each window starts from the same state.
 */
public final class Timings {
  private final Backend backend;
  private final Resources resources;
  private final Protocol protocol;

  /** Of a backend that can run, or whose measurements will say why it cannot. */
  public Timings(Backend backend, Resources resources, Protocol protocol) {
    this.backend = backend;
    this.resources = resources;
    this.protocol = protocol;
  }

  /**
   * A training step.
   *
   * @param submission how it gets to a device
   */
  public Measurement step(Workload workload, Submission submission) {
    String how =
        backend.placement() == Placement.DEVICE
            ? submission.label()
            : resources.threads() + " threads";
    return measure(
        "step",
        String.format(Locale.ROOT, "%s, batch %d, %s", workload.network(), workload.batch(), how),
        0,
        () -> TimedSteps.open(backend, workload, resources, submission));
  }

  /** A product of matrices drawn uniformly from [-1, 1). */
  public Measurement product(ProductForm form, int m, int n, int k) {
    return measure(
        "product",
        String.format(Locale.ROOT, "%s %dx%dx%d", form, m, n, k),
        2.0 * m * n * k,
        () -> TimedProduct.open(backend, form, m, n, k, resources));
  }

  /** Copies from or to pinned memory. */
  public Measurement transfer(int bytes, Direction direction) {
    String way = direction.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return measure(
        "transfer",
        String.format(Locale.ROOT, "%d MiB %s", bytes >> 20, way),
        bytes,
        () -> TimedTransfer.open(backend, bytes, HostMemory.PINNED, direction, resources));
  }

  private Measurement measure(
      String kind, String what, double work, Supplier<? extends Timed> opening) {
    long start = System.nanoTime();
    try (Timed timed = opening.get()) {
      timed.run(1);
      double first = (System.nanoTime() - start) * 1e-6;
      SampleTally before = timed.verify();
      if (before.verdict() != Verdict.AGREES) {
        return without(kind, what, Verdict.DIFFERS, before.toString());
      }
      List<Sample> samples = windows(timed);
      if (timed instanceof TimedSteps steps && !steps.allFinite()) {
        return without(kind, what, Verdict.INCONCLUSIVE, "a loss was not finite");
      }
      SampleTally after = timed.verify();
      if (after.verdict() != Verdict.AGREES) {
        return without(kind, what, Verdict.DIFFERS, after.toString());
      }
      String reason = "before: " + before + "; after: " + after;
      return new Measurement(
          kind, backend.name(), what, Verdict.AGREES, reason, first, samples, work);
    } catch (UnavailableException e) {
      return without(kind, what, Verdict.of(e.availability()), String.valueOf(e.getMessage()));
    } catch (BackendFault e) {
      return without(kind, what, Verdict.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private Measurement without(String kind, String what, Verdict verdict, String reason) {
    return Measurement.without(kind, backend.name(), what, verdict, reason);
  }

  private List<Sample> windows(Timed timed) {
    long end = System.nanoTime() + protocol.warmUp().toNanos();
    int calls = 1;
    do {
      timed.reset();
      calls = protocol.calls(timed.run(calls).wallMilliseconds() / calls);
    } while (System.nanoTime() < end);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < protocol.windows(); i++) {
      timed.reset();
      Window window = timed.run(calls);
      samples.add(
          new Sample(
              calls,
              aCall(window.deviceMilliseconds(), calls),
              aCall(window.programMilliseconds(), calls),
              window.wallMilliseconds() / calls));
    }
    return samples;
  }

  private static OptionalDouble aCall(OptionalDouble time, int calls) {
    return time.isPresent() ? OptionalDouble.of(time.getAsDouble() / calls) : time;
  }
}
