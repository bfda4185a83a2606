package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleExtent;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.StepSample;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Work;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.CopiedSymmetry;
import dev.lockstep.symmetry.Digest;
import java.util.List;

/**
 * Training steps of one trainer, starting from the initial parameters.
 *
 * <p>To verify them, two steps run as they are timed must leave the same bits as two steps that
 * keep their tensors; the second of these is partly recomputed ({@link StepSample}).
 */
public final class TimedSteps extends VerifiedWork {
  private static final long SEED = 20261124;

  private final Workload workload;
  private final Timed.Steps timed;
  private final TensorView tensors;

  private TimedSteps(Backend backend, Workload workload, Timed.Steps timed) {
    super(backend, timed);
    this.workload = workload;
    this.timed = timed;
    tensors = TensorView.of(timed.trainer(), workload);
  }

  /**
   * Opens a trainer.
   *
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run this here
   */
  public static TimedSteps open(
      Backend backend, Workload workload, Resources resources, Work.Submission submission) {
    judgeOf(backend);
    Work.Step work = new Work.Step(workload, submission);
    return new TimedSteps(backend, workload, backend.timed(work, resources));
  }

  /**
   * Prepares a scenario's workload. Its parameters are drawn into the heap unless the backend is on
   * a device.
   */
  public static Workload prepared(Backend backend, Scenario scenario, Dataset rows) {
    return backend.placement() == Backend.Placement.DEVICE
        ? scenario.prepareOnReading(rows)
        : scenario.prepare(rows);
  }

  @Override
  public void reset() {
    tensors.restart();
  }

  @Override
  public String idle() {
    return timed.trainer().stoppedAt().isEmpty() ? "" : "a loss was not finite";
  }

  /**
   * Submits steps to the device without waiting; {@link #await} must follow.
   *
   * @throws dev.lockstep.input.InputException if the backend runs on the host
   */
  public void submit(int steps) {
    requireDevice(backend);
    timed.submit(steps);
  }

  /** Waits for the submitted steps. */
  public void await() {
    timed.await();
  }

  /** Returns digests of the current parameters, in the order W1, b1, W2, b2, ... */
  public List<Digest> digests() {
    return CopiedSymmetry.digests(timed.trainer());
  }

  @Override
  public SampleTally verify() {
    try (Operations canonical = judgeOf(backend).operations(new Resources(1))) {
      return verify(canonical);
    }
  }

  private SampleTally verify(Operations canonical) {
    tensors.restart();
    run(2);
    List<Digest> before = digests();
    tensors.restart();
    tensors.keep();
    StepSample sample =
        StepSample.before(workload, backend, canonical, tensors, 1, SampleExtent.THOROUGH, SEED);
    double loss = tensors.keep();
    SampleTally tally = sample.after(loss);
    if (!digests().equals(before)) {
      return tally.contradictedBy("timed steps leave other bits than steps whose tensors are kept");
    }
    return Double.isFinite(loss) ? tally : tally.contradictedBy("the loss is " + loss);
  }
}
