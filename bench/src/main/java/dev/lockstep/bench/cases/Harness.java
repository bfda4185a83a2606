package dev.lockstep.bench.cases;

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
import dev.lockstep.bench.timing.DigitsEpoch;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A kind of measurement: a JMH benchmark, its axes, and the operations and bytes of one call. */
public enum Harness implements Labelled {

  /** A training step, timed by the host's clock and, on a device, by CUDA events too. */
  STEP(StepBenchmark.class, "step", "steps", Place.ANY, Axis.OF_STEP, Harness::flopsOfStep, _ -> 0),

  /** A matrix product. */
  PRODUCT(
      ProductBenchmark.class,
      "product",
      "calls",
      Place.ANY,
      List.of(Axis.BACKEND, Axis.SHAPE, Axis.FORM, Axis.THREADS),
      of -> 2.0 * size(of, 0) * size(of, 1) * size(of, 2),
      _ -> 0),

  /** One element-wise operation of a step. */
  ELEMENTWISE(
      ElementwiseBenchmark.class,
      "operation",
      "calls",
      Place.ANY,
      List.of(Axis.BACKEND, Axis.OPERATION, Axis.BATCH, Axis.WIDTH, Axis.THREADS, Axis.CACHE),
      of -> kind(of).flops(of.number(Axis.BATCH), of.number(Axis.WIDTH)),
      of -> kind(of).bytes(of.number(Axis.BATCH), of.number(Axis.WIDTH))),

  /** Submission of steps to a device, without waiting for them. */
  SUBMIT(
      SubmitBenchmark.class,
      "submit",
      "steps",
      Place.DEVICE,
      List.of(
          Axis.BACKEND,
          Axis.WIDTH,
          Axis.DEPTH,
          Axis.BATCH,
          Axis.ACTIVATION,
          Axis.INIT,
          Axis.SUBMISSION),
      _ -> 0,
      _ -> 0),

  /** Copies between host and device. */
  TRANSFER(
      TransferBenchmark.class,
      "copy",
      "calls",
      Place.DEVICE,
      List.of(Axis.BACKEND, Axis.MEMORY, Axis.DIRECTION, Axis.SIZE),
      _ -> 0,
      of -> 1024.0 * of.number(Axis.SIZE)),

  /** The first step in a fresh JVM, including everything it loads and opens. */
  FIRST_CALL(FirstCallBenchmark.class, "firstStep", "", Place.ANY, Axis.OF_STEP, _ -> 0, _ -> 0),

  /** The first epoch of digits in a fresh JVM, from reading the data to the accuracy. */
  EPOCH_COLD(
      EpochBenchmark.class, "cold", "", Place.ANY, Axis.OF_STEP, Harness::flopsOfEpoch, _ -> 0),

  /** An epoch of digits after other epochs in the same JVM. */
  EPOCH_WARM(
      EpochBenchmark.class, "warm", "", Place.ANY, Axis.OF_STEP, Harness::flopsOfEpoch, _ -> 0),

  /** The highest rate of multiply-adds of the vector units. */
  CEILING_FMA(
      FmaCeiling.class,
      "chains",
      "",
      Place.HOST,
      List.of(Axis.THREADS),
      of -> FmaCeiling.flops() * of.number(Axis.THREADS),
      _ -> 0),

  /** The rate at which memory is copied. */
  CEILING_COPY(
      CopyCeiling.class,
      "copy",
      "",
      Place.HOST,
      List.of(Axis.FOOTPRINT, Axis.THREADS),
      _ -> 0,
      of -> 1024.0 * of.number(Axis.FOOTPRINT)),

  /** The rate at which a device copies its memory. */
  CEILING_DEVICE_COPY(
      DeviceCopyCeiling.class,
      "copy",
      "calls",
      Place.DEVICE,
      List.of(Axis.BACKEND, Axis.FOOTPRINT),
      _ -> 0,
      of -> 1024.0 * of.number(Axis.FOOTPRINT));

  /** How JMH takes the time. */
  public enum Clock {
    /** Average of as many calls as fit into an iteration. */
    MANY_CALLS,
    /** One call per iteration, with the warm-up that the benchmark declares. */
    SINGLE_SHOT
  }

  /** Where a harness runs. */
  public enum Place {
    /** On the CPU, without a backend. */
    HOST,
    /** On a backend on a device. */
    DEVICE,
    /** On any backend. */
    ANY
  }

  /** How operations are counted. */
  public static final String FORMULAS =
      "GFLOP/s count 2 m n k operations for a product and, for a step, 2 B in out for each product"
          + " A B, A^T B and A B^T of each layer, except the one for the gradient of the input";

  /** Features per row of the timed steps; they and {@link #CLASSES} are those of MNIST. */
  public static final int INPUTS = 784;

  public static final int CLASSES = 10;

  /**
   * Target time of a JMH invocation in nanoseconds, long enough to make the clock and the final
   * wait negligible.
   */
  private static final double AN_INVOCATION = 1e7;

  /**
   * Target time in nanoseconds if an invocation is a request to another process, which takes time
   * to wake up.
   */
  private static final double AN_INVOCATION_OF_A_PROGRAM = 1e8;

  /** Assumed rates, from which the number of calls per invocation is estimated. */
  private static final double GIGAFLOPS = 100;

  private static final double GIGABYTES = 20;

  private static final int MOST_CALLS = 1000;
  private static final int UNKNOWN_CALLS = 10;

  private final Class<?> type;
  private final String method;
  private final String repetitions;
  private final Place place;
  private final List<String> axes;
  private final ToDoubleFunction<Case> flops;
  private final ToDoubleFunction<Case> bytes;

  Harness(
      Class<?> type,
      String method,
      String repetitions,
      Place place,
      List<String> axes,
      ToDoubleFunction<Case> flops,
      ToDoubleFunction<Case> bytes) {
    this.type = type;
    this.method = method;
    this.repetitions = repetitions;
    this.place = place;
    this.axes = axes;
    this.flops = flops;
    this.bytes = bytes;
  }

  /** Returns the additions and multiplications of a call; 0 if they are not counted. */
  public double flops(Case of) {
    return flops.applyAsDouble(of);
  }

  /** Returns the bytes that a call reads and writes; 0 if they are not counted. */
  public double bytes(Case of) {
    return bytes.applyAsDouble(of);
  }

  /** Returns the number of threads that JMH starts; a backend starts its own. */
  public int jmhThreads(Case of) {
    return place == Place.HOST ? of.number(Axis.THREADS) : 1;
  }

  /**
   * Returns the name of the JMH parameter with the number of calls per invocation; empty if an
   * invocation is one call.
   */
  public String repetitions() {
    return repetitions;
  }

  /** Returns the number of calls per invocation. */
  public int calls(Case of) {
    if (repetitions.isEmpty()) {
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

  /** Returns the benchmark's name in JMH, as a regular expression. */
  public String pattern() {
    return "^\\Q" + type.getName() + "." + method + "\\E$";
  }

  /** Returns how JMH takes the time. */
  public Clock clock() {
    return switch (this) {
      case FIRST_CALL, EPOCH_COLD, EPOCH_WARM -> Clock.SINGLE_SHOT;
      default -> Clock.MANY_CALLS;
    };
  }

  /** Returns the usual seconds of a fork outside its iterations: a JVM, the JIT, verification. */
  public double startSeconds() {
    return switch (this) {
      case CEILING_FMA, CEILING_COPY, CEILING_DEVICE_COPY -> 1;
      case PRODUCT, ELEMENTWISE, TRANSFER -> 1.5;
      case STEP, SUBMIT, FIRST_CALL, EPOCH_COLD, EPOCH_WARM -> 4;
    };
  }

  /** Returns where it runs. */
  public Place place() {
    return place;
  }

  /** Returns the names of the axes in the order of a case. */
  public List<String> axes() {
    return axes;
  }

  /** Returns whether it measures a ceiling of other harnesses. */
  public boolean isCeiling() {
    return name().startsWith("CEILING_");
  }

  /**
   * Makes a case of this harness.
   *
   * @param values values by axis; axes of other harnesses are ignored
   * @throws IllegalArgumentException if an axis has no value
   */
  public Case of(Map<String, String> values) {
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

  /**
   * Makes a case of what a file says of it.
   *
   * @param source the file
   * @param axes values by axis
   * @throws InputException naming the file and the harness, the axis or the value, if there is no
   *     such harness, an axis is missing or another harness's, or an axis cannot have its value
   */
  public static Case read(String source, String harness, Map<String, String> axes) {
    Harness known = Labelled.of(Harness.class, source, harness);
    Map<String, String> chosen = new LinkedHashMap<>();
    for (String axis : known.axes) {
      String value = axes.get(axis);
      if (value == null) {
        throw new InputException(
            source, axis, "missing", "expected a value in a case of " + harness);
      }
      chosen.put(axis, Axis.require(source, axis, value));
    }
    for (Map.Entry<String, String> other : axes.entrySet()) {
      if (!chosen.containsKey(other.getKey())) {
        if (!other.getKey().equals(Axis.BUILD)) {
          throw new InputException(
              source, "axis", other.getKey(), "which a case of " + harness + " does not have");
        }
        chosen.put(Axis.BUILD, Axis.require(source, Axis.BUILD, other.getValue()));
      }
    }
    Case of = new Case(harness, chosen);
    if (known.axes.contains(Axis.DEPTH)) {
      requireArrays(source, of);
    }
    return of;
  }

  /** Refuses a network of which a layer has more weights than one array can hold. */
  private static void requireArrays(String source, Case of) {
    long width = of.number(Axis.WIDTH);
    long inputs = of.number(Axis.DEPTH) > 1 ? Math.max(width, INPUTS) : INPUTS;
    if (width * inputs > Integer.MAX_VALUE) {
      throw new InputException(
          source,
          Axis.WIDTH,
          width,
          "expected layers of at most " + Integer.MAX_VALUE + " weights each");
    }
  }

  /** Returns the harness of a case. */
  public static Harness of(Case of) {
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
    return Labelled.hyphenated(this);
  }
}
