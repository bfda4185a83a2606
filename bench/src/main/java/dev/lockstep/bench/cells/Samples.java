package dev.lockstep.bench.cells;

import dev.lockstep.agreement.SampleExtent;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.StepSample;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges one backend whose network is too wide to train a second time. For the first and the last
 * step, {@link StepSample} recomputes some elements of every product.
 */
final class Samples implements Judge {

  private final Workload workload;
  private final Resources resources;
  private final long seed;
  private final Operations canonical;
  private final List<SampleTally> tallies = new ArrayList<>();
  private @Nullable StepSample due;

  Samples(Backend backend, Workload workload, Resources resources, long seed) {
    this.workload = workload;
    this.resources = resources;
    this.seed = seed;
    canonical = Backends.judgeOf(backend).operations(new Resources(1));
  }

  @Override
  public Watched open(Backend backend) {
    return Watched.open(backend, workload, resources);
  }

  @Override
  public void before(Contender contender) {
    long step = contender.watched.trainer().step();
    due =
        contender.judgedNext()
            ? StepSample.before(
                workload,
                contender.backend,
                canonical,
                contender.watched.tensors(),
                step,
                SampleExtent.GLANCE,
                seed + step)
            : null;
  }

  @Override
  public void after(Contender contender, double loss) {
    if (due != null) {
      tallies.add(due.after(loss));
    }
  }

  @Override
  public void afterAll(int step, List<Contender> ran) {}

  @Override
  public void conclude(List<Contender> left) {
    left.forEach(contender -> contender.agreements.add(Agreement.sample(tallies)));
  }

  @Override
  public void close() {
    canonical.close();
  }
}
