package dev.lockstep.bench.timing;

import dev.lockstep.agreement.ProductSample;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.StepSample;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.backend.ResidentTensors.Region;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.timing.Measurement.Sample;
import dev.lockstep.gpu.training.DeviceTimers;
import dev.lockstep.gpu.training.ProductTimer;
import dev.lockstep.gpu.training.StepTimer;
import dev.lockstep.gpu.training.Submission;
import dev.lockstep.gpu.training.TransferTimer;
import dev.lockstep.model.DrawnMatrix;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Digest;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Times one backend on CUDA, by events and by the clock.
 *
 * <p>What is timed is verified on the same objects before and after: of a step and of a product
 * elements are recomputed on the CPU ({@link StepSample}, {@link ProductSample}), of transfers all
 * bytes come back. Each window of steps starts from the initial parameters.
 */
public final class DeviceTimings {
  private static final long SEED = 20261124;

  private final Backend backend;
  private final DeviceTimers timers;
  private final Resources resources;
  private final Protocol protocol;

  /**
   * @throws IllegalArgumentException if the backend does not run on a device
   */
  public DeviceTimings(Backend backend, Resources resources, Protocol protocol) {
    if (!(backend instanceof DeviceTimers device)) {
      throw new IllegalArgumentException(backend.name() + " does not run on a device");
    }
    this.backend = backend;
    this.timers = device;
    this.resources = resources;
    this.protocol = protocol;
  }

  /** A training step. */
  public Measurement step(Workload workload, Submission submission) {
    String what =
        "%s, batch %d, %s"
            .formatted(
                workload.network(), workload.batch(), submission.name().toLowerCase(Locale.ROOT));
    return guarded(
        "step",
        what,
        () -> {
          long start = System.nanoTime();
          try (Operations canonical = canonical();
              StepTimer timer = timers.stepTimer(workload, resources, submission)) {
            timer.time(1);
            double first = (System.nanoTime() - start) * 1e-6;
            SampleTally before = verify(workload, canonical, timer);
            List<Sample> samples =
                before.verdict() == Verdict.AGREES
                    ? Windows.onDevice(protocol, timer.tensors()::restart, timer::time)
                    : List.of();
            boolean finite = timer.trainer().stoppedAt().isEmpty();
            SampleTally after = verify(workload, canonical, timer);
            return finite
                ? measured("step", what, before, after, first, samples, 0)
                : Measurement.without(
                    "step", backend.name(), what, Verdict.INCONCLUSIVE, "a loss was not finite");
          }
        });
  }

  /**
   * Two steps as they are timed must leave the bits of two steps that are kept, of which the second
   * is recomputed.
   */
  private SampleTally verify(Workload workload, Operations canonical, StepTimer timer) {
    timer.tensors().restart();
    timer.time(2);
    List<Digest> timed = timer.symmetry().digests();
    timer.tensors().restart();
    timer.tensors().keep();
    StepSample sample = StepSample.before(workload, backend, canonical, timer.tensors(), 1, SEED);
    double loss = timer.tensors().keep();
    SampleTally tally = sample.after();
    if (!timer.symmetry().digests().equals(timed)) {
      return tally.contradictedBy("steps that are timed leave other bits than steps that are kept");
    }
    return Double.isFinite(loss) ? tally : tally.contradictedBy("the loss is " + loss);
  }

  /** A product of matrices drawn uniformly from [-1, 1). */
  public Measurement product(ProductForm form, int m, int n, int k) {
    DrawnMatrix a = form == ProductForm.ATB ? drawn(0, k, m) : drawn(0, m, k);
    DrawnMatrix b = form == ProductForm.ABT ? drawn(1, n, k) : drawn(1, k, n);
    String what = "%s %dx%dx%d".formatted(form, m, n, k);
    return guarded(
        "product",
        what,
        () -> {
          long start = System.nanoTime();
          try (Operations canonical = canonical();
              ProductTimer timer = timers.productTimer(form, a, b, resources)) {
            timer.time(1);
            double first = (System.nanoTime() - start) * 1e-6;
            SampleTally before = verify(canonical, form, a, b, timer);
            List<Sample> samples =
                before.verdict() == Verdict.AGREES
                    ? Windows.onDevice(protocol, timer::clear, timer::time)
                    : List.of();
            SampleTally after = verify(canonical, form, a, b, timer);
            return measured("product", what, before, after, first, samples, 2.0 * m * n * k);
          }
        });
  }

  private SampleTally verify(
      Operations canonical, ProductForm form, DrawnMatrix a, DrawnMatrix b, ProductTimer timer) {
    return ProductSample.of(
        backend,
        canonical,
        form,
        a,
        b,
        (i, j) -> timer.part(new Region(i, 1, j, 1)).data()[0],
        SEED);
  }

  private static DrawnMatrix drawn(int operand, int rows, int columns) {
    return new DrawnMatrix(
        rows,
        columns,
        (i, j) -> 2 * Philox.uniform(SEED, Stream.OPERANDS, operand, (long) i * columns + j) - 1);
  }

  /** Copies from or to pinned memory. */
  public Measurement transfer(int bytes, TransferTimer.Direction direction) {
    String what =
        "%d MiB %s"
            .formatted(bytes >> 20, direction.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    return guarded(
        "transfer",
        what,
        () -> {
          long start = System.nanoTime();
          try (TransferTimer timer = timers.transferTimer(bytes, resources)) {
            timer.time(direction, 1);
            double first = (System.nanoTime() - start) * 1e-6;
            boolean before = timer.returnsWhatItWasSent(1);
            List<Sample> samples =
                Windows.onDevice(protocol, () -> {}, calls -> timer.time(direction, calls));
            return before && timer.returnsWhatItWasSent(2)
                ? new Measurement(
                    "transfer",
                    backend.name(),
                    what,
                    Verdict.AGREES,
                    "all bytes come back, before and after",
                    first,
                    samples,
                    bytes)
                : Measurement.without(
                    "transfer", backend.name(), what, Verdict.DIFFERS, "other bytes come back");
          }
        });
  }

  private Measurement measured(
      String kind,
      String what,
      SampleTally before,
      SampleTally after,
      double first,
      List<Sample> samples,
      double work) {
    for (SampleTally tally : List.of(before, after)) {
      if (tally.verdict() != Verdict.AGREES) {
        return Measurement.without(kind, backend.name(), what, Verdict.DIFFERS, tally.toString());
      }
    }
    return new Measurement(
        kind,
        backend.name(),
        what,
        Verdict.AGREES,
        "before: " + before + "; after: " + after,
        first,
        samples,
        work);
  }

  private Measurement guarded(String kind, String what, Supplier<Measurement> work) {
    try {
      return work.get();
    } catch (UnavailableException e) {
      return Measurement.without(
          kind, backend.name(), what, Verdict.of(e.availability()), String.valueOf(e.getMessage()));
    } catch (BackendFault e) {
      return Measurement.without(
          kind, backend.name(), what, Verdict.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static Operations canonical() {
    return Backends.named("timing", "scalar").operations(new Resources(1));
  }
}
