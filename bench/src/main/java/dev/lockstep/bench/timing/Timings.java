package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.Measurement.Sample;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Times one backend in this JVM within seconds, by the host's clock and, on a device, by events.
 * The timed objects are verified before and after; work that fails gets no time. Each window starts
 * from the same state.
 */
public final class Timings {
  private final Backend backend;
  private final Resources resources;
  private final Protocol protocol;

  /** Takes any backend; if it cannot run, its measurements say why. */
  public Timings(Backend backend, Resources resources, Protocol protocol) {
    this.backend = backend;
    this.resources = resources;
    this.protocol = protocol;
  }

  /**
   * Times training steps.
   *
   * @param submission how steps are submitted to a device; ignored on the host
   */
  public Measurement step(Workload workload, Work.Submission submission) {
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

  /**
   * Times a product, C (m x n) with k terms per element, of matrices drawn uniformly from [-1, 1).
   */
  public Measurement product(ProductForm form, int m, int n, int k) {
    return measure(
        "product",
        String.format(Locale.ROOT, "%s %dx%dx%d", form, m, n, k),
        2.0 * m * n * k,
        () -> TimedProduct.open(backend, form, m, n, k, resources));
  }

  /** Times copies from or to pinned memory. */
  public Measurement transfer(int mebibytes, Work.Direction direction) {
    String way = direction.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return measure(
        "transfer",
        String.format(Locale.ROOT, "%d MiB %s", mebibytes, way),
        (double) mebibytes * (1 << 20),
        () ->
            TimedCopies.open(
                backend,
                new Work.Transfer(mebibytes << 10, Work.HostMemory.PINNED, direction),
                resources));
  }

  private Measurement measure(
      String kind, String what, double work, Supplier<? extends VerifiedWork> opening) {
    long start = System.nanoTime();
    try (VerifiedWork opened = opening.get()) {
      opened.run(1);
      double first = (System.nanoTime() - start) * 1e-6;
      SampleTally before = opened.verify();
      if (before.verdict() != Verdict.AGREES) {
        return without(kind, what, Verdict.DIFFERS, before.toString());
      }
      List<Sample> samples = windows(opened);
      if (!opened.idle().isEmpty()) {
        return without(kind, what, Verdict.INCONCLUSIVE, opened.idle());
      }
      SampleTally after = opened.verify();
      if (after.verdict() != Verdict.AGREES) {
        return without(kind, what, Verdict.DIFFERS, after.toString());
      }
      String reason = "before: " + before + "; after: " + after;
      return new Measurement(
          kind,
          backend.name(),
          what,
          Verdict.AGREES,
          reason,
          first,
          opened.ownClock(),
          samples,
          work);
    } catch (UnavailableException e) {
      return without(kind, what, Verdict.of(e.availability()), String.valueOf(e.getMessage()));
    } catch (BackendFault e) {
      return without(kind, what, Verdict.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private Measurement without(String kind, String what, Verdict verdict, String reason) {
    return Measurement.without(kind, backend.name(), what, verdict, reason);
  }

  private List<Sample> windows(VerifiedWork opened) {
    long end = System.nanoTime() + protocol.warmUp().toNanos();
    int calls = 1;
    do {
      opened.reset();
      calls = protocol.calls(opened.run(calls).wall() / calls);
    } while (System.nanoTime() < end);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < protocol.windows(); i++) {
      opened.reset();
      samples.add(new Sample(calls, opened.run(calls)));
    }
    return samples;
  }
}
