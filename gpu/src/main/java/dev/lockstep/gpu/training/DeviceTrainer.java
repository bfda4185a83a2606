package dev.lockstep.gpu.training;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Examples;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.CudaFault;
import dev.lockstep.gpu.driver.Graph;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Region;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Digest;
import dev.lockstep.symmetry.ResidentSymmetry;
import dev.lockstep.symmetry.UnitClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One network in training on a device. Between two looks at it nothing but launches leaves the
 * host; a look copies through pinned memory and waits.
 */
final class DeviceTrainer implements Trainer, ResidentSymmetry, TensorView {

  private static final long NONE = -1;

  private final Network network;
  private final int rows;
  private final DeviceSession session;
  private final Stream stream;
  private final ParameterMemory parameters;
  private final LayerMemory activations;
  private final LayerMemory deltas;
  private final BatchFeed feed;
  private final LossRing losses;
  private final StepState state;
  private final StepPlan plan;
  private final Work plainStep;
  private final Closing owned = new Closing();
  private final Thread owner = Thread.currentThread();
  private final Parameters initial;
  private final Workload workload;
  private final StepProgram program;
  private final List<ParameterMemory> moments = new ArrayList<>();
  private final @Nullable FactorFeed factors;
  private final @Nullable NoiseFeed noise;
  private @Nullable StopWatch watch;
  private @Nullable Keeping keeping;
  private long keptStep = NONE;
  private @Nullable CudaFault fault;
  private long step;
  private OptionalLong stoppedAt = OptionalLong.empty();

  /** Where a step that is kept leaves what it computed, and its works. */
  private record Keeping(KeptStep kept, List<Work> works) {}

  private DeviceTrainer(Products by, int device, Workload workload, Submission submission) {
    network = workload.network();
    program = workload.program();
    initial = workload.initial();
    rows = workload.batch();
    try {
      session = owned.own(DeviceSession.open(by, device, DeviceNeed.ofTrainer(by, workload)));
      stream = session.stream;
      parameters = owned.own(ParameterMemory.ofParameters(session, network));
      activations = owned.own(LayerMemory.ofActivations(session, network, rows));
      LayerMemory kept = owned.own(LayerMemory.ofKept(session, network, rows, activations));
      deltas = owned.own(LayerMemory.ofDeltas(session, network, rows));
      feed = owned.own(BatchFeed.open(session, workload));
      losses = owned.own(LossRing.open(session, rows));
      state = owned.own(StepState.open(session));
      this.workload = workload;
      for (int k = 0; k < workload.optimizer().rule().moments(); k++) {
        moments.add(owned.own(ParameterMemory.ofMoments(session, network, k + 1)));
      }
      factors =
          workload.optimizer().dependsOnStep()
              ? owned.own(FactorFeed.open(session, workload.optimizer()))
              : null;
      noise = workload.noise().isNone() ? null : owned.own(NoiseFeed.open(session, workload));
      LayerProducts products = owned.own(session.products(new LayerShapes(network, rows).ofStep()));
      plan =
          new StepPlan(
              network,
              workload.loss(),
              workload.optimizer(),
              session.kernels,
              products,
              feed,
              parameters,
              kept,
              activations,
              deltas,
              losses,
              state,
              moments,
              factors == null ? null : factors.factors(),
              noise);
      List<Work> works = workload.optimizer().isPlain() ? plan.plain() : keeping().works();
      plainStep = submission == Submission.EAGER ? sequence(works) : recorded(products, works);
      load(initial, List.of(), 0);
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  /**
   * Opens the device and uploads everything.
   *
   * @throws dev.lockstep.backend.UnavailableException if the device or a library cannot be used, or
   *     the device's memory is short
   * @throws CudaFault if a call failed
   */
  static DeviceTrainer open(Products by, int device, Workload workload, Submission submission) {
    return new DeviceTrainer(by, device, workload, submission);
  }

  private static Work sequence(List<Work> works) {
    return into -> works.forEach(work -> work.into(into));
  }

  private Work recorded(LayerProducts products, List<Work> works) {
    products.warmUp(stream);
    stream.synchronize();
    Graph graph = owned.own(stream.capture(() -> works.forEach(work -> work.into(stream))));
    return graph::launch;
  }

  @Override
  public double[] run(int steps) {
    return guarded(
        () -> {
          double[] means = new double[steps];
          int done = 0;
          while (done < steps) {
            int count = Math.min(losses.slots(), steps - done);
            long first = step;
            submit(count);
            look(first, count);
            for (int s = 0; s < count; s++) {
              means[done++] = losses.mean(first + s);
            }
          }
          return means;
        });
  }

  /** Runs steps and times them; that training goes on is looked up afterwards. */
  DeviceWindow time(int steps) {
    return guarded(
        () -> {
          if (watch == null) {
            watch = owned.own(StopWatch.open(stream));
          }
          DeviceWindow window = watch.time(steps, () -> submit(steps));
          look(step - 1, 1);
          return window;
        });
  }

  /** Puts steps into the stream and waits for none of them; {@link #await} must follow. */
  void submitSteps(int steps) {
    guarded(
        () -> {
          submit(steps);
          return step;
        });
  }

  /** Waits for the steps submitted, and looks up that training goes on. */
  void await() {
    guarded(
        () -> {
          if (step > 0) {
            look(step - 1, 1);
          }
          return step;
        });
  }

  /** Puts steps into the stream and waits for none of them. */
  void submit(int steps) {
    for (int s = 0; s < steps; s++) {
      submit(plainStep);
    }
  }

  private void submit(Work work) {
    feed.prepare(step);
    if (factors != null) {
      factors.prepare(step);
    }
    if (noise != null) {
      noise.prepare(step);
    }
    work.into(stream);
    step++;
  }

  /** Fetches the losses of some steps and whether training has stopped. */
  private void look(long first, int count) {
    losses.request(first, count);
    state.request();
    stream.synchronize();
    stoppedAt = state.stoppedAt();
  }

  @Override
  public Probe probe() {
    return guarded(
        () -> {
          double loss = keepStep();
          return new Probe(
              loss,
              activations.download(),
              deltas.download(),
              keeping().kept().gradients().download());
        });
  }

  @Override
  public double keep() {
    return guarded(this::keepStep);
  }

  private double keepStep() {
    Work work = sequence(keeping().works());
    long kept = step;
    submit(work);
    look(kept, 1);
    keptStep = kept;
    return losses.mean(kept);
  }

  @Override
  public StepProgram program() {
    return program;
  }

  @Override
  public FloatMatrix part(Tensor tensor, Region region) {
    boolean gradient =
        program.parameters().stream().anyMatch(each -> each.gradient().equals(tensor));
    return guarded(() -> (gradient ? kept() : step(parameters)).part(program, tensor, region));
  }

  /**
   * Where everything lies.
   *
   * @param gradients if there is room for them; else whatever else
   */
  private KeptStep step(ParameterMemory gradients) {
    return new KeptStep(
        session, network, rows, parameters, gradients, moments, activations, deltas);
  }

  @Override
  public UnitClasses keptClasses(Tensor tensor, int hidden) {
    return guarded(
        () ->
            new DeviceSymmetry(session, network, parameters)
                .unitClasses(
                    List.of(kept().numbers(program, tensor, hidden)), network.out(hidden)));
  }

  private KeptStep kept() {
    if (keptStep < 0 || keptStep != step - 1) {
      throw new IllegalStateException("the last step was not kept");
    }
    return keeping().kept();
  }

  private Keeping keeping() {
    Keeping made = keeping;
    if (made == null) {
      if (workload.optimizer().isPlain()) {
        DeviceNeed.ofGradients(network).require(session.context, session.device);
      }
      ParameterMemory gradients = owned.own(ParameterMemory.ofGradients(session, network));
      made = new Keeping(step(gradients), plan.keeping(gradients));
      keeping = made;
    }
    return made;
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public Parameters parameters() {
    return guarded(parameters::download);
  }

  @Override
  public List<Parameters> moments() {
    return guarded(() -> moments.stream().map(ParameterMemory::download).toList());
  }

  @Override
  public void restore(Parameters from, List<Parameters> momentsFrom, long step) {
    workload.requireShapeOf(from, momentsFrom);
    guarded(
        () -> {
          load(from, momentsFrom, step);
          return step;
        });
  }

  @Override
  public void restart() {
    guarded(
        () -> {
          load(initial, List.of(), 0);
          return 0;
        });
  }

  private void load(Parameters from, List<Parameters> momentsFrom, long step) {
    parameters.upload(from);
    for (int k = 0; k < moments.size(); k++) {
      moments.get(k).upload(momentsFrom.isEmpty() ? from.zeros() : momentsFrom.get(k));
    }
    state.write(step);
    this.step = step;
    keptStep = NONE;
    stoppedAt = OptionalLong.empty();
  }

  @Override
  public OptionalLong stoppedAt() {
    return stoppedAt;
  }

  @Override
  public Evaluation evaluate(Examples examples) {
    return guarded(
        () -> new Evaluator(session, network, workload.loss(), parameters).evaluate(examples));
  }

  @Override
  public UnitClasses unitClasses(int hidden) {
    return guarded(() -> new DeviceSymmetry(session, network, parameters).unitClasses(hidden));
  }

  @Override
  public List<Digest> digests() {
    return guarded(() -> new DeviceSymmetry(session, network, parameters).digests());
  }

  /** After a fault nobody knows what is on the device, so nothing more is read from it. */
  private <T> T guarded(Supplier<T> work) {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "this trainer is for thread %s, not %s",
              owner.getName(),
              Thread.currentThread().getName()));
    }
    if (fault != null) {
      throw new IllegalStateException("this trainer has failed", fault);
    }
    try {
      return work.get();
    } catch (CudaFault e) {
      fault = e;
      throw e;
    }
  }

  /**
   * Gives everything back. What fails of that after a fault has the same cause, and is kept with
   * the fault, which the caller has been told of.
   */
  @Override
  public void close() {
    if (fault == null) {
      owned.close();
    } else {
      owned.closeAfter(fault);
    }
  }
}
