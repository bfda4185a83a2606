package dev.lockstep.bench.timing;

import dev.lockstep.agreement.ProductSample;
import dev.lockstep.agreement.SampleExtent;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Multiplier;
import dev.lockstep.backend.Multiplier.Multiplication;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.external.ProgramMultiplication;
import dev.lockstep.gpu.training.DeviceTimers;
import dev.lockstep.gpu.training.ProductTimer;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.Region;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;

/**
 * A product C = op(A) op(B) of matrices drawn uniformly from [-1, 1), verified by {@link
 * ProductSample}.
 */
public final class TimedProduct implements Timed {
  private static final long SEED = 20261124;

  private final Backend backend;
  private final ProductForm form;
  private final DrawnMatrix a;
  private final DrawnMatrix b;
  private final Operations canonical;
  private final Source source;

  /** What multiplies. */
  private sealed interface Source {
    record OfDevice(ProductTimer timer) implements Source {}

    record OfProgram(ProgramMultiplication multiplication) implements Source {}

    record OfHost(Multiplication multiplication) implements Source {}
  }

  private TimedProduct(
      Backend backend,
      ProductForm form,
      DrawnMatrix a,
      DrawnMatrix b,
      Operations canonical,
      Source source) {
    this.backend = backend;
    this.form = form;
    this.a = a;
    this.b = b;
    this.canonical = canonical;
    this.source = source;
  }

  /** Whether a backend has products that can be timed alone; some programs have none after all. */
  public static boolean has(Backend backend) {
    return backend instanceof Multiplier || backend instanceof DeviceTimers;
  }

  /**
   * Draws and places the operands.
   *
   * @param m rows of C
   * @param n columns of C
   * @param k terms of an element
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run this here
   * @throws IllegalArgumentException if it has no products that can be timed alone
   */
  public static TimedProduct open(
      Backend backend, ProductForm form, int m, int n, int k, Resources resources) {
    DrawnMatrix a = form == ProductForm.ATB ? drawn(0, k, m) : drawn(0, m, k);
    DrawnMatrix b = form == ProductForm.ABT ? drawn(1, n, k) : drawn(1, k, n);
    Operations canonical = Canonical.judging(backend);
    try {
      Source source =
          switch (backend) {
            case DeviceTimers device ->
                new Source.OfDevice(device.productTimer(form, a, b, resources));
            case Multiplier host -> source(host.multiplication(form, a, b, resources));
            default ->
                throw new IllegalArgumentException(backend.name() + " has no single products");
          };
      return new TimedProduct(backend, form, a, b, canonical, source);
    } catch (RuntimeException e) {
      canonical.close();
      throw e;
    }
  }

  private static Source source(Multiplication multiplication) {
    return multiplication instanceof ProgramMultiplication program
        ? new Source.OfProgram(program)
        : new Source.OfHost(multiplication);
  }

  private static DrawnMatrix drawn(int operand, int rows, int columns) {
    return new DrawnMatrix(
        rows,
        columns,
        (i, j) -> 2 * Philox.uniform(SEED, Stream.OPERANDS, operand, (long) i * columns + j) - 1);
  }

  @Override
  public void reset() {
    switch (source) {
      case Source.OfDevice(ProductTimer timer) -> timer.clear();
      case Source.OfProgram(ProgramMultiplication multiplication) -> multiplication.clear();
      case Source.OfHost(Multiplication multiplication) -> multiplication.clear();
    }
  }

  @Override
  public Window run(int calls) {
    return switch (source) {
      case Source.OfDevice(ProductTimer timer) -> Window.of(timer.time(calls));
      case Source.OfProgram(ProgramMultiplication multiplication) ->
          Window.of(calls, multiplication.run(calls));
      case Source.OfHost(Multiplication multiplication) ->
          Window.of(
              calls,
              () -> {
                for (int i = 0; i < calls; i++) {
                  multiplication.run();
                }
              });
    };
  }

  /** Looks at what the last call left behind. */
  @Override
  public SampleTally verify() {
    return ProductSample.of(backend, canonical, form, a, b, this::at, SampleExtent.THOROUGH, SEED);
  }

  private float at(int row, int column) {
    return switch (source) {
      case Source.OfDevice(ProductTimer timer) ->
          timer.part(new Region(row, 1, column, 1)).data()[0];
      case Source.OfProgram(ProgramMultiplication multiplication) -> multiplication.at(row, column);
      case Source.OfHost(Multiplication multiplication) -> multiplication.at(row, column);
    };
  }

  @Override
  public void close() {
    try (canonical) {
      switch (source) {
        case Source.OfDevice(ProductTimer timer) -> timer.close();
        case Source.OfProgram(ProgramMultiplication multiplication) -> multiplication.close();
        case Source.OfHost(Multiplication multiplication) -> multiplication.close();
      }
    }
  }
}
