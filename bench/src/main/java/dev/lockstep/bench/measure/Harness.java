package dev.lockstep.bench.measure;

import dev.lockstep.bench.harness.CopyCeiling;
import dev.lockstep.bench.harness.FmaCeiling;
import dev.lockstep.bench.harness.ProductBenchmark;
import dev.lockstep.bench.harness.StepBenchmark;
import dev.lockstep.bench.results.Case;
import dev.lockstep.model.Labelled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What can be measured: a JMH benchmark with its axes and the work that one call of it is. */
enum Harness implements Labelled {

  /** A training step: time by the host's clock, by events too where there is a device. */
  STEP(
      StepBenchmark.class,
      "step",
      "per layer 2 B in out for each of the products A B, A^T B and A B^T, less the gradient of the"
          + " input",
      List.of(
          Axis.BACKEND,
          Axis.WIDTH,
          Axis.DEPTH,
          Axis.BATCH,
          Axis.ACTIVATION,
          Axis.INIT,
          Axis.THREADS)) {
    @Override
    double flops(Case of) {
      double width = of.number(Axis.WIDTH);
      double hidden = of.number(Axis.DEPTH) - 1;
      double all = 2 * INPUTS * width + 3 * hidden * width * width + 3 * width * CLASSES;
      return 2 * of.number(Axis.BATCH) * all;
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
      "2 m n k",
      List.of(Axis.BACKEND, Axis.SHAPE, Axis.FORM, Axis.THREADS)) {
    @Override
    double flops(Case of) {
      return 2.0 * size(of, 0) * size(of, 1) * size(of, 2);
    }

    @Override
    String repetitions() {
      return "calls";
    }
  },

  /** The most multiply-adds that the vector units do. */
  CEILING_FMA(FmaCeiling.class, "chains", "2 a multiply-add", List.of(Axis.THREADS)) {
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
  CEILING_COPY(CopyCeiling.class, "copy", "none", List.of(Axis.FOOTPRINT, Axis.THREADS)) {
    @Override
    double flops(Case of) {
      return 0;
    }

    @Override
    double bytes(Case of) {
      return CopyCeiling.bytes(of.number(Axis.FOOTPRINT));
    }

    @Override
    int jmhThreads(Case of) {
      return of.number(Axis.THREADS);
    }
  };

  /** Features of a row that steps are timed with, and its classes: those of MNIST. */
  static final int INPUTS = 784;

  static final int CLASSES = 10;

  /** Work of an invocation of JMH's: enough that its clock and the last wait do not count. */
  private static final double FLOPS_OF_AN_INVOCATION = 1e9;

  private static final int MOST_CALLS = 1000;

  private final Class<?> type;
  private final String method;
  private final String formula;
  private final List<String> axes;

  Harness(Class<?> type, String method, String formula, List<String> axes) {
    this.type = type;
    this.method = method;
    this.formula = formula;
    this.axes = axes;
  }

  /** Additions and multiplications of a call; 0 if they are not counted. */
  abstract double flops(Case of);

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
    return repetitions().isEmpty()
        ? 1
        : (int) Math.clamp(Math.ceil(FLOPS_OF_AN_INVOCATION / flops(of)), 1, MOST_CALLS);
  }

  /** JMH's name of it, as a pattern. */
  String pattern() {
    return "^\\Q" + type.getName() + "." + method + "\\E$";
  }

  /** What is counted as an operation. */
  String formula() {
    return formula;
  }

  /** Names of the axes, in the order of a case. */
  List<String> axes() {
    return axes;
  }

  /** Whether it is a limit of the machine and no work of a backend. */
  boolean isCeiling() {
    return !axes.contains(Axis.BACKEND);
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

  private static int size(Case of, int index) {
    return Integer.parseInt(of.axis(Axis.SHAPE).orElseThrow().split("x", -1)[index]);
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
