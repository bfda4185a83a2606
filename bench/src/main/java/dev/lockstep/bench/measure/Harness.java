package dev.lockstep.bench.measure;

import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.bench.harness.CopyCeiling;
import dev.lockstep.bench.harness.DeviceCopyCeiling;
import dev.lockstep.bench.harness.ElementwiseBenchmark;
import dev.lockstep.bench.harness.EpochBenchmark;
import dev.lockstep.bench.harness.FirstCallBenchmark;
import dev.lockstep.bench.harness.FmaCeiling;
import dev.lockstep.bench.harness.ProductBenchmark;
import dev.lockstep.bench.harness.StepBenchmark;
import dev.lockstep.bench.harness.SubmitBenchmark;
import dev.lockstep.bench.harness.TransferBenchmark;
import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.timing.DigitsEpoch;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.input.Labelled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What can be measured: a JMH benchmark with its axes and the work that one call of it is. */
enum Harness implements Labelled {

  /** A training step: time by the host's clock, by events too where there is a device. */
  STEP(StepBenchmark.class, "step", Clock.MANY_CALLS, Place.ANY, Axis.OF_STEP) {
    @Override
    double flops(Case of) {
      return flopsOfStep(of);
    }

    @Override
    String repetitions() {
      return "steps";
    }
  },

  /** A matrix product. */
  PRODUCT(
      ProductBenchmark.class,
      "product",
      Clock.MANY_CALLS,
      Place.ANY,
      List.of(Axis.BACKEND, Axis.SHAPE, Axis.FORM, Axis.THREADS)) {
    @Override
    double flops(Case of) {
      return 2.0 * size(of, 0) * size(of, 1) * size(of, 2);
    }

    @Override
    String repetitions() {
      return CALLS;
    }
  },

  /** One operation of a step that is no product. */
  ELEMENTWISE(
      ElementwiseBenchmark.class,
      "operation",
      Clock.MANY_CALLS,
      Place.ANY,
      List.of(Axis.BACKEND, Axis.OPERATION, Axis.BATCH, Axis.WIDTH, Axis.THREADS, Axis.CACHE)) {
    @Override
    double flops(Case of) {
      return kind(of).flops(of.number(Axis.BATCH), of.number(Axis.WIDTH));
    }

    @Override
    double bytes(Case of) {
      return kind(of).bytes(of.number(Axis.BATCH), of.number(Axis.WIDTH));
    }

    @Override
    String repetitions() {
      return CALLS;
    }
  },

  /** Handing steps to a device, without waiting for them. */
  SUBMIT(
      SubmitBenchmark.class,
      "submit",
      Clock.MANY_CALLS,
      Place.DEVICE,
      List.of(
          Axis.BACKEND,
          Axis.WIDTH,
          Axis.DEPTH,
          Axis.BATCH,
          Axis.ACTIVATION,
          Axis.INIT,
          Axis.SUBMISSION)) {
    @Override
    String repetitions() {
      return "steps";
    }
  },

  /** Copies between host and device. */
  TRANSFER(
      TransferBenchmark.class,
      "copy",
      Clock.MANY_CALLS,
      Place.DEVICE,
      List.of(Axis.BACKEND, Axis.MEMORY, Axis.DIRECTION, Axis.SIZE)) {
    @Override
    double bytes(Case of) {
      return 1024.0 * of.number(Axis.SIZE);
    }

    @Override
    String repetitions() {
      return CALLS;
    }
  },

  /** From nothing to the end of the first step, in a fresh JVM. */
  FIRST_CALL(FirstCallBenchmark.class, "firstStep", Clock.SINGLE_SHOT, Place.ANY, Axis.OF_STEP),

  /** The first epoch of digits in a JVM, from reading them to the accuracy. */
  EPOCH_COLD(EpochBenchmark.class, "cold", Clock.SINGLE_SHOT, Place.ANY, Axis.OF_STEP) {
    @Override
    double flops(Case of) {
      return flopsOfEpoch(of);
    }
  },

  /** The same after others. */
  EPOCH_WARM(EpochBenchmark.class, "warm", Clock.SINGLE_SHOT, Place.ANY, Axis.OF_STEP) {
    @Override
    double flops(Case of) {
      return flopsOfEpoch(of);
    }
  },

  /** The most multiply-adds that the vector units do. */
  CEILING_FMA(FmaCeiling.class, "chains", Clock.MANY_CALLS, Place.HOST, List.of(Axis.THREADS)) {
    @Override
    double flops(Case of) {
      return FmaCeiling.flops() * of.number(Axis.THREADS);
    }

    @Override
    int jmhThreads(Case of) {
      return of.number(Axis.THREADS);
    }
  },

  /** The rate at which memory is copied. */
  CEILING_COPY(
      CopyCeiling.class,
      "copy",
      Clock.MANY_CALLS,
      Place.HOST,
      List.of(Axis.FOOTPRINT, Axis.THREADS)) {
    @Override
    double bytes(Case of) {
      return 1024.0 * of.number(Axis.FOOTPRINT);
    }

    @Override
    int jmhThreads(Case of) {
      return of.number(Axis.THREADS);
    }
  },

  /** The rate at which a device copies its memory. */
  CEILING_DEVICE_COPY(
      DeviceCopyCeiling.class,
      "copy",
      Clock.MANY_CALLS,
      Place.DEVICE,
      List.of(Axis.BACKEND, Axis.FOOTPRINT)) {
    @Override
    double bytes(Case of) {
      return 1024.0 * of.number(Axis.FOOTPRINT);
    }

    @Override
    String repetitions() {
      return CALLS;
    }
  };

  /** How JMH takes the time. */
  enum Clock {
    /** Of as many calls as fit into an iteration. */
    MANY_CALLS,
    /** Of one call an iteration, warmed up as the benchmark itself says. */
    SINGLE_SHOT
  }

  /** Where it runs. */
  enum Place {
    /** On the CPU, and of no backend. */
    HOST,
    /** On a backend on a device. */
    DEVICE,
    /** On any backend. */
    ANY
  }

  private static final String CALLS = "calls";

  /** What is counted as an operation. */
  static final String FORMULAS =
      "GFLOP/s count 2 m n k operations for a product and, for a step, 2 B in out for each product"
          + " A B, A^T B and A B^T of each layer, except the one for the gradient of the input";

  /** Features of a row that steps are timed with, and its classes: those of MNIST. */
  static final int INPUTS = 784;

  static final int CLASSES = 10;

  /**
   * Nanoseconds of an invocation of JMH's: so many that its clock and the last wait do not count.
   */
  private static final double AN_INVOCATION = 1e7;

  /** The same where an invocation is a request to another process, and waking that up counts. */
  private static final double AN_INVOCATION_OF_A_PROGRAM = 1e8;

  /** Rates of no machine in particular, from which the number of calls is guessed. */
  private static final double GIGAFLOPS = 100;

  private static final double GIGABYTES = 20;

  private static final int MOST_CALLS = 1000;
  private static final int UNKNOWN_CALLS = 10;

  private final Class<?> type;
  private final String method;
  private final Clock clock;
  private final Place place;
  private final List<String> axes;

  Harness(Class<?> type, String method, Clock clock, Place place, List<String> axes) {
    this.type = type;
    this.method = method;
    this.clock = clock;
    this.place = place;
    this.axes = axes;
  }

  /** Additions and multiplications of a call; 0 if they are not counted. */
  double flops(Case of) {
    return 0;
  }

  /** Bytes read and written by a call; 0 if they are not counted. */
  double bytes(Case of) {
    return 0;
  }

  /** Threads that JMH starts; a backend has threads of its own. */
  int jmhThreads(Case of) {
    return 1;
  }

  /** The parameter that says how many calls an invocation is; empty if it is one. */
  String repetitions() {
    return "";
  }

  /** How many calls an invocation is. */
  int calls(Case of) {
    if (repetitions().isEmpty()) {
      return 1;
    }
    double nanoseconds = Math.max(flops(of) / GIGAFLOPS, bytes(of) / GIGABYTES);
    double invocation = isOfProgram(of) ? AN_INVOCATION_OF_A_PROGRAM : AN_INVOCATION;
    return nanoseconds == 0
        ? UNKNOWN_CALLS
        : (int) Math.clamp(Math.ceil(invocation / nanoseconds), 1, MOST_CALLS);
  }

  private static boolean isOfProgram(Case of) {
    return of.axis(Axis.BACKEND)
        .flatMap(Backends::find)
        .filter(backend -> backend.placement() == Placement.PROCESS)
        .isPresent();
  }

  /** JMH's name of it, as a pattern. */
  String pattern() {
    return "^\\Q" + type.getName() + "." + method + "\\E$";
  }

  /** How JMH takes the time. */
  Clock clock() {
    return clock;
  }

  /** Where it runs. */
  Place place() {
    return place;
  }

  /** Names of the axes, in the order of a case. */
  List<String> axes() {
    return axes;
  }

  /** Whether it is a limit that others are held against. */
  boolean isCeiling() {
    return name().startsWith("CEILING_");
  }

  /**
   * A case of it.
   *
   * @param values of at least its axes
   */
  Case of(Map<String, String> values) {
    Map<String, String> chosen = new LinkedHashMap<>();
    for (String axis : axes) {
      String value = values.get(axis);
      if (value == null) {
        throw new IllegalArgumentException(label() + " has no value of " + axis);
      }
      chosen.put(axis, value);
    }
    return new Case(label(), chosen);
  }

  /** The harness of a case. */
  static Harness of(Case of) {
    return Labelled.of(Harness.class, "results", of.harness());
  }

  private static ElementwiseKind kind(Case of) {
    return Labelled.of(ElementwiseKind.class, "operation", of.axis(Axis.OPERATION).orElseThrow());
  }

  private static double flopsOfStep(Case of) {
    double width = of.number(Axis.WIDTH);
    double hidden = of.number(Axis.DEPTH) - 1;
    double all = 2 * INPUTS * width + 3 * hidden * width * width + 3 * width * CLASSES;
    return 2 * of.number(Axis.BATCH) * all;
  }

  private static double flopsOfEpoch(Case of) {
    return DigitsEpoch.flops(of.number(Axis.WIDTH), of.number(Axis.DEPTH), of.number(Axis.BATCH));
  }

  private static int size(Case of, int index) {
    return Integer.parseInt(of.axis(Axis.SHAPE).orElseThrow().split("x", -1)[index]);
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
