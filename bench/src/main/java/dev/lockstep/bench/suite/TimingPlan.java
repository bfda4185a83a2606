package dev.lockstep.bench.suite;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work.Direction;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.timing.Measurement;
import dev.lockstep.bench.timing.Protocol;
import dev.lockstep.bench.timing.TimedSteps;
import dev.lockstep.bench.timing.Timings;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The timings of a suite, the most informative first. */
final class TimingPlan {

  private static final int BATCH = 128;
  private static final long SEED = 11;
  private static final int TRANSFER_MEBIBYTES = 128;

  /**
   * One thing to time.
   *
   * @param name name for the list of timings left out
   * @param measurement runs the timing
   */
  record Item(String name, Supplier<Measurement> measurement) {}

  private final List<Item> items = new ArrayList<>();
  private final List<String> notTimed = new ArrayList<>();
  private final Dataset data = Digits.load();
  private final Resources resources;
  private final Protocol protocol;

  /**
   * @param backends all backends, including those that cannot run
   */
  TimingPlan(List<Candidate> backends, Resources resources, Protocol protocol) {
    this.resources = resources;
    this.protocol = protocol;
    for (Candidate backend : backends) {
      if (backend.name().equals(Backends.usual().name()) && backend.available()) {
        step(backend.backend(), 256);
        step(backend.backend(), 1024);
      }
      if (backend.backend().placement() == Placement.PROCESS && backend.available()) {
        step(backend.backend(), 1024);
        step(backend.backend(), 4096);
      }
    }
    devices(backends.stream().filter(Candidate::onDevice).toList());
  }

  private void devices(List<Candidate> onCuda) {
    notTimed.addAll(Surroundings.missing(onCuda));
    List<Backend> real = new ArrayList<>();
    List<String> emulated = new ArrayList<>();
    for (Candidate backend : onCuda) {
      if (backend.available() && backend.hardware() == Hardware.EMULATED) {
        emulated.add(backend.name());
      } else if (backend.available()) {
        real.add(backend.backend());
      }
    }
    if (!emulated.isEmpty()) {
      notTimed.add(
          String.join(", ", emulated)
              + "  EMULATED: its times say nothing about a GPU and are not taken");
    }
    real.forEach(backend -> step(backend, 1024, Submission.GRAPH));
    real.forEach(backend -> product(backend, ProductForm.AB, 4096, 4096, 4096));
    real.forEach(backend -> step(backend, 1024, Submission.EAGER));
    real.forEach(backend -> step(backend, 4096, Submission.GRAPH));
    real.stream()
        .filter(backend -> backend.kind() == Kind.EXACT)
        .forEach(
            backend -> {
              for (Direction direction : Direction.values()) {
                add(
                    backend,
                    "transfer " + direction,
                    timings -> timings.transfer(TRANSFER_MEBIBYTES, direction));
              }
            });
    real.forEach(backend -> product(backend, ProductForm.AB, 64, 1024, 1024));
    real.forEach(backend -> product(backend, ProductForm.AB, 64, 10, 4096));
    for (ProductForm form : List.of(ProductForm.ABT, ProductForm.ATB)) {
      real.forEach(backend -> product(backend, form, 4096, 4096, 4096));
    }
  }

  private void add(Backend backend, String what, Function<Timings, Measurement> measurement) {
    items.add(
        new Item(
            backend.name() + " " + what,
            () -> measurement.apply(new Timings(backend, resources, protocol))));
  }

  private void step(Backend backend, int width, Submission submission) {
    step(backend, width, " " + submission, submission);
  }

  /** Adds a step on the host, where the submission does not matter. */
  private void step(Backend backend, int width) {
    step(backend, width, "", Submission.GRAPH);
  }

  private void step(Backend backend, int width, String how, Submission submission) {
    add(
        backend,
        "step of width " + width + how,
        timings -> timings.step(TimedSteps.prepared(backend, scenario(width), data), submission));
  }

  private void product(Backend backend, ProductForm form, int m, int n, int k) {
    add(
        backend,
        "product " + form + " " + m + "x" + n + "x" + k,
        timings -> timings.product(form, m, n, k));
  }

  /**
   * Returns a scenario with two hidden layers of random units, whose values have full entropy as in
   * training.
   */
  private static Scenario scenario(int width) {
    return new Scenario(
        new DataSource.EmbeddedDigits(),
        List.of(width, width),
        Activation.TANH,
        new Initialization.Glorot(Initialization.Distribution.UNIFORM),
        new LearningRate.Uniform(0.01),
        BATCH,
        1,
        SEED);
  }

  /** Returns the timings, the most informative first. */
  List<Item> items() {
    return List.copyOf(items);
  }

  /** Returns the backends that are not timed, and why. */
  List<String> notTimed() {
    return List.copyOf(notTimed);
  }

  /** Returns whether the measured work failed or was wrong. */
  static boolean faulty(Measurement measurement) {
    return measurement.verdict() == Verdict.DIFFERS || measurement.verdict() == Verdict.FAILED;
  }
}
