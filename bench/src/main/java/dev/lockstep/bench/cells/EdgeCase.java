package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Operations;
import dev.lockstep.bench.cells.PlainArithmetic.Bounded;
import dev.lockstep.matrix.Matrix;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A single operation on given operands, with its known results.
 *
 * @param products whether it is a product, whose order libraries choose
 * @param results the known results, in the order in which the operation returns them
 * @param run runs the operation
 */
record EdgeCase(boolean products, List<Result> results, Function<Operations, List<Matrix>> run) {

  EdgeCase {
    results = List.copyOf(results);
  }

  /** A known result. */
  sealed interface Result {

    String name();

    /** Returns the first element of a computed result that is not as it should be. */
    Optional<Difference> first(Matrix actual);

    /** A result whose bits are known. */
    record Bits(String name, Matrix expected) implements Result {
      @Override
      public Optional<Difference> first(Matrix actual) {
        return Difference.first(0, name, expected, actual);
      }
    }

    /** A result that is known within bounds. */
    record Within(String name, Bounded expected) implements Result {
      @Override
      public Optional<Difference> first(Matrix actual) {
        for (int i = 0; i < actual.size(); i++) {
          double value = expected.values().value(i);
          if (!(Math.abs(value - actual.value(i)) <= expected.errors().value(i))) {
            return Optional.of(
                new Difference(
                    0,
                    name,
                    i / actual.columns(),
                    i % actual.columns(),
                    value,
                    actual.value(i),
                    Double.doubleToLongBits(value),
                    actual.bits(i)));
          }
        }
        return Optional.empty();
      }
    }
  }
}
