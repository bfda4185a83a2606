package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.Elementwise;
import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.gpu.training.DeviceTimers;
import dev.lockstep.gpu.training.ElementwiseTimer;
import dev.lockstep.input.InputException;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.List;

/**
 * One elementwise operation, verified on the arrays that are timed: every element of every set of
 * them, to the bit, for all backends compute these operations in canonical arithmetic.
 *
 * <p>Between windows the operands are what {@link ElementwiseKind} says of them. That the calls
 * before left only finite and no subnormal numbers is looked up before the arrays are verified.
 */
public final class TimedElementwise implements Timed {
  private final Backend backend;
  private final Source source;
  private final ElementwiseOperation steady;
  private final ElementwiseOperation varied;

  /** What computes. */
  private sealed interface Source {
    record OfDevice(ElementwiseTimer timer) implements Source {}

    record OfHost(Elementwise.Kernel kernel) implements Source {}
  }

  private TimedElementwise(
      Backend backend, Source source, ElementwiseOperation steady, ElementwiseOperation varied) {
    this.backend = backend;
    this.source = source;
    this.steady = steady;
    this.varied = varied;
  }

  /** Whether a backend has operations that can be timed alone. */
  public static boolean has(Backend backend) {
    return backend instanceof Elementwise || backend instanceof DeviceTimers;
  }

  /**
   * Draws and places the operands.
   *
   * @param rows B
   * @param columns N
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run this here
   * @throws InputException if it has no operations that can be timed alone
   */
  public static TimedElementwise open(
      Backend backend,
      ElementwiseKind kind,
      int rows,
      int columns,
      CacheState cache,
      Resources resources) {
    Canonical.requireJudgeOf(backend);
    ElementwiseOperation steady = kind.steady(rows, columns);
    Source source =
        switch (backend) {
          case DeviceTimers device ->
              new Source.OfDevice(device.elementwiseTimer(steady, cache, resources));
          case Elementwise host -> new Source.OfHost(host.elementwise(steady, cache, resources));
          default ->
              throw new InputException(
                  "elementwise",
                  "backend",
                  backend.name(),
                  "which has no operations that can be timed alone");
        };
    return new TimedElementwise(backend, source, steady, kind.varied(rows, columns));
  }

  private void load(ElementwiseOperation operation) {
    switch (source) {
      case Source.OfDevice(ElementwiseTimer timer) -> timer.load(operation);
      case Source.OfHost(Elementwise.Kernel kernel) -> kernel.load(operation);
    }
  }

  private int sets() {
    return switch (source) {
      case Source.OfDevice(ElementwiseTimer timer) -> timer.sets();
      case Source.OfHost(Elementwise.Kernel kernel) -> kernel.sets();
    };
  }

  private List<FloatMatrix> results(int set) {
    return switch (source) {
      case Source.OfDevice(ElementwiseTimer timer) -> timer.results(set);
      case Source.OfHost(Elementwise.Kernel kernel) -> kernel.results(set);
    };
  }

  @Override
  public void reset() {
    load(steady);
  }

  @Override
  public Window run(int calls) {
    return switch (source) {
      case Source.OfDevice(ElementwiseTimer timer) -> Window.of(timer.time(calls));
      case Source.OfHost(Elementwise.Kernel kernel) ->
          Window.of(
              calls,
              () -> {
                for (int i = 0; i < calls; i++) {
                  kernel.run();
                }
              });
    };
  }

  /** Once on every set; overwrites the operands, so that a {@link #reset} is due afterwards. */
  @Override
  public SampleTally verify() {
    // What no call has come to yet is NaN or zero, and no sign of drift; the first set is the
    // first.
    boolean drifted = results(0).stream().anyMatch(TimedElementwise::hasDrifted);
    load(varied);
    run(sets());
    SampleTally tally = SampleTally.ofEqual(0);
    try (Operations canonical = Canonical.judging(backend)) {
      List<Matrix> expected = varied.by(canonical);
      for (int set = 0; set < sets(); set++) {
        List<FloatMatrix> actual = results(set);
        for (int i = 0; i < actual.size(); i++) {
          tally.all("result " + (i + 1) + " of set " + (set + 1), expected.get(i), actual.get(i));
        }
      }
    }
    return drifted
        ? tally.contradictedBy("the timed values have drifted to numbers that take another time")
        : tally;
  }

  /** Numbers that processors may take longer for. */
  private static boolean hasDrifted(FloatMatrix matrix) {
    for (float value : matrix.data()) {
      boolean subnormal = value != 0 && Math.abs(value) < Float.MIN_NORMAL;
      if (subnormal || Float.isInfinite(value)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    switch (source) {
      case Source.OfDevice(ElementwiseTimer timer) -> timer.close();
      case Source.OfHost(Elementwise.Kernel kernel) -> kernel.close();
    }
  }
}
