package dev.lockstep.bench.cells;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.DelegatingTrainer;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.data.Examples;
import dev.lockstep.scenario.Workload;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sound backend that fails at some moments, with a sentence for each.
 *
 * @param sound what it does otherwise
 * @param moments at which it fails
 * @param open trainers that have not been closed, or whose closing failed
 */
public record FailingBackend(Backend sound, Set<Moment> moments, AtomicInteger open)
    implements DelegatingBackend {

  /** When. */
  public enum Moment {
    OPEN,
    SHORT_OF_MEMORY,
    STEP_3,
    EVALUATION,
    CLOSE,
    PRODUCT,
    /** In step 3, and with it the device, where all backends that fail keep their tensors. */
    DEVICE_IN_STEP_3,
    /** Never, but on that device. */
    NONE_ON_DEVICE
  }

  static final class Fault extends BackendFault {

    private static final long serialVersionUID = 1;

    private final boolean losing;

    Fault(String message, boolean losing) {
      super(message);
      this.losing = losing;
    }

    @Override
    public boolean losesDevice() {
      return losing;
    }
  }

  public FailingBackend(Backend sound, Moment... moments) {
    this(sound, Set.of(moments), new AtomicInteger());
  }

  @Override
  public String name() {
    return moments.contains(Moment.NONE_ON_DEVICE) ? "beside" : "failing";
  }

  @Override
  public Placement placement() {
    return moments.contains(Moment.DEVICE_IN_STEP_3) || moments.contains(Moment.NONE_ON_DEVICE)
        ? Placement.DEVICE
        : sound.placement();
  }

  @Override
  public Availability availability(Resources resources) {
    return new Availability.Available("until it fails");
  }

  private void fail(Moment now, String message) {
    if (moments.contains(now)) {
      throw new Fault(message, now == Moment.DEVICE_IN_STEP_3);
    }
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    fail(Moment.OPEN, "allocation of W1 failed");
    if (moments.contains(Moment.SHORT_OF_MEMORY)) {
      throw new UnavailableException(
          Availability.Cause.OUT_OF_MEMORY, "9 MiB needed, 7 free", "use less");
    }
    open.incrementAndGet();
    return new FailingTrainer(sound.open(workload, resources));
  }

  @Override
  public Operations operations(Resources resources) {
    fail(Moment.PRODUCT, "product of A and B failed");
    return sound.operations(resources);
  }

  private final class FailingTrainer implements DelegatingTrainer {
    private final Trainer sound;

    FailingTrainer(Trainer sound) {
      this.sound = sound;
    }

    @Override
    public Trainer sound() {
      return sound;
    }

    @Override
    public double[] run(int steps) {
      if (step() == 2) {
        fail(Moment.STEP_3, "launch of gemm for W2 failed");
        fail(Moment.DEVICE_IN_STEP_3, "launch of gemm for W2 failed and took the device with it");
      }
      return sound.run(steps);
    }

    @Override
    public Evaluation evaluate(Examples examples) {
      fail(Moment.EVALUATION, "copy of logits failed");
      return sound.evaluate(examples);
    }

    @Override
    public void close() {
      sound.close();
      fail(Moment.CLOSE, "release of W1 failed");
      open.decrementAndGet();
    }
  }
}
