package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Work.Direction;
import dev.lockstep.backend.Work.HostMemory;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.program.ProductForm;
import java.util.List;

/**
 * Each harness by hand on the device that is found: on an emulated one it shows that they work. A
 * line a harness: verified, or why it has no number.
 */
public final class HarnessesOfADevice {

  private HarnessesOfADevice() {}

  private interface Harness {
    void run(Backend backend);
  }

  /** Without arguments cuda and cublas. */
  public static void main(String[] names) {
    for (String name : names.length == 0 ? List.of("cuda", "cublas") : List.of(names)) {
      Backend backend = Backends.named("test", name);
      for (ElementwiseKind kind : ElementwiseKind.values()) {
        tell("elementwise " + kind.label(), backend, chosen -> elementwise(chosen, kind, "warm"));
      }
      tell("elementwise cold", backend, chosen -> elementwise(chosen, ElementwiseKind.SGD, "cold"));
      tell("product", backend, HarnessesOfADevice::product);
      for (String submission : List.of("graph", "eager")) {
        tell("step " + submission, backend, chosen -> step(chosen, submission));
        tell("submit " + submission, backend, chosen -> submit(chosen, submission));
      }
      tell("first call", backend, HarnessesOfADevice::firstCall);
      tell("epoch cold", backend, HarnessesOfADevice::coldEpoch);
      tell("epoch warm", backend, HarnessesOfADevice::warmEpoch);
      for (HostMemory memory : HostMemory.values()) {
        for (Direction direction : Direction.values()) {
          tell(
              "transfer " + memory.label() + " " + direction.label(),
              backend,
              chosen -> transfer(chosen, memory, direction));
        }
      }
      tell("copy on the device", backend, HarnessesOfADevice::deviceCopy);
    }
  }

  private static void tell(String what, Backend backend, Harness harness) {
    String line = backend.name() + " " + what + ": ";
    try {
      harness.run(backend);
      System.out.println(line + "verified");
    } catch (IllegalStateException e) {
      System.out.println(line + e.getMessage());
    }
  }

  private static void elementwise(Backend backend, ElementwiseKind kind, String cache) {
    ElementwiseBenchmark benchmark = new ElementwiseBenchmark();
    benchmark.operation = kind.label();
    benchmark.batch = cache.equals("cold") ? 250 : 33;
    benchmark.width = cache.equals("cold") ? 1021 : 129;
    benchmark.threads = 1;
    benchmark.cache = cache;
    benchmark.calls = 3;
    benchmark.open(backend);
    benchmark.reset();
    benchmark.operation();
    benchmark.close();
  }

  private static void product(Backend backend) {
    ProductBenchmark benchmark = new ProductBenchmark();
    benchmark.shape = "33x129x250";
    benchmark.form = ProductForm.ABT;
    benchmark.threads = 1;
    benchmark.calls = 2;
    benchmark.open(backend);
    benchmark.reset();
    benchmark.product();
    benchmark.close();
  }

  private static <A extends StepAxes> A small(A axes, String submission) {
    axes.data = "digits";
    axes.width = 129;
    axes.depth = 2;
    axes.batch = 33;
    axes.activation = "tanh";
    axes.init = "random";
    axes.threads = 1;
    axes.submission = submission;
    return axes;
  }

  private static void step(Backend backend, String submission) {
    StepBenchmark benchmark = small(new StepBenchmark(), submission);
    benchmark.steps = 2;
    benchmark.open(backend);
    benchmark.reset();
    benchmark.step();
    benchmark.close();
  }

  private static void submit(Backend backend, String submission) {
    SubmitBenchmark benchmark = small(new SubmitBenchmark(), submission);
    benchmark.steps = 2;
    benchmark.open(backend);
    benchmark.reset();
    benchmark.submit();
    benchmark.await();
    benchmark.close();
  }

  private static void firstCall(Backend backend) {
    FirstCallBenchmark benchmark = small(new FirstCallBenchmark(), "graph");
    benchmark.prepare(backend);
    benchmark.firstStep();
    benchmark.close();
  }

  private static EpochBenchmark epoch(Backend backend) {
    EpochBenchmark benchmark = new EpochBenchmark();
    benchmark.width = 33;
    benchmark.depth = 1;
    benchmark.batch = 250;
    benchmark.activation = "relu";
    benchmark.init = "random";
    benchmark.threads = 1;
    benchmark.choose(backend);
    return benchmark;
  }

  private static void coldEpoch(Backend backend) {
    EpochBenchmark benchmark = epoch(backend);
    benchmark.cold();
    benchmark.verify();
  }

  private static void warmEpoch(Backend backend) {
    EpochBenchmark benchmark = epoch(backend);
    EpochBenchmark.Earlier earlier = new EpochBenchmark.Earlier();
    earlier.verify(benchmark);
    benchmark.warm(earlier);
    benchmark.verify();
  }

  private static void transfer(Backend backend, HostMemory memory, Direction direction) {
    TransferBenchmark benchmark = new TransferBenchmark();
    benchmark.memory = memory.label();
    benchmark.direction = direction.label();
    benchmark.size = 33;
    benchmark.calls = 3;
    benchmark.open(backend);
    benchmark.reset();
    benchmark.copy();
    benchmark.close();
  }

  private static void deviceCopy(Backend backend) {
    DeviceCopyCeiling benchmark = new DeviceCopyCeiling();
    benchmark.footprint = 8 * 1021;
    benchmark.calls = 2;
    benchmark.open(backend);
    benchmark.reset();
    benchmark.copy();
    benchmark.close();
  }
}
