package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.DelegatingOperations;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class ExactDataTest {

  private static final Resources ONE = new Resources(1);
  private static final Backend SCALAR = Backends.named("test", "scalar");

  /** A library that multiplies in the reverse order of terms what has been done to its operands. */
  private record Reversing(UnaryOperator<FloatMatrix> before, UnaryOperator<FloatMatrix> after)
      implements DelegatingBackend {

    @Override
    public String name() {
      return "reversing";
    }

    @Override
    public Backend sound() {
      return SCALAR;
    }

    @Override
    public Kind kind() {
      return Kind.LIBRARY;
    }

    @Override
    public Operations operations(Resources resources) {
      return new Reversed(this, SCALAR.operations(resources));
    }
  }

  private record Reversed(Reversing backend, Operations sound) implements DelegatingOperations {

    @Override
    public Matrix product(ProductForm form, Matrix a, Matrix b) {
      boolean columnsOfA = form != ProductForm.ATB;
      boolean columnsOfB = form == ProductForm.ABT;
      return backend.after.apply(
          (FloatMatrix) sound.product(form, operand(a, columnsOfA), operand(b, columnsOfB)));
    }

    private Matrix operand(Matrix matrix, boolean termsAlongColumns) {
      FloatMatrix given = backend.before.apply((FloatMatrix) matrix.copy());
      FloatMatrix result = new FloatMatrix(given.rows(), given.columns());
      for (int i = 0; i < given.rows(); i++) {
        for (int j = 0; j < given.columns(); j++) {
          int row = termsAlongColumns ? i : given.rows() - 1 - i;
          int column = termsAlongColumns ? given.columns() - 1 - j : j;
          result.data()[row * given.columns() + column] = given.data()[i * given.columns() + j];
        }
      }
      return result;
    }
  }

  private static FloatMatrix masked(FloatMatrix matrix, int mask) {
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = Float.intBitsToFloat(Float.floatToRawIntBits(matrix.data()[i]) & mask);
    }
    return matrix;
  }

  private static Agreement agreement(Backend backend, long seed) {
    Experiment<Experiment.Compared> data =
        ExactData.of(List.of(backend), new LostDevice(), ONE, seed);
    assertThat(data.interruptions()).isEmpty();
    return data.outcomes().getFirst().agreement();
  }

  @Test
  void everyBackendAndEveryOrderHasTheExactBits() {
    for (long seed : new long[] {1, 11}) {
      for (String name : new String[] {"scalar", "vector", "double"}) {
        Agreement agreement = agreement(Backends.named("test", name), seed);
        assertThat(agreement.verdict()).as("%s, seed %d", name, seed).isEqualTo(Verdict.AGREES);
        assertThat(agreement.tier()).isEqualTo(Tier.EXACT_DATA);
        assertThat(agreement.steps()).isEqualTo(ExactData.PRODUCTS).isEqualTo(18);
      }
      // The last terms first, from operands cut to bfloat16, which loses nothing.
      assertThat(
              agreement(new Reversing(m -> masked(m, 0xffff0000), UnaryOperator.identity()), seed)
                  .verdict())
          .as("seed %d", seed)
          .isEqualTo(Verdict.AGREES);
    }
  }

  @Test
  void aWrongElementIsNamed() {
    UnaryOperator<FloatMatrix> lastBit =
        c -> {
          c.data()[c.size() - 1] = Math.nextUp(c.data()[c.size() - 1]);
          return c;
        };
    Agreement agreement = agreement(new Reversing(UnaryOperator.identity(), lastBit), 11);

    assertThat(agreement.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(agreement.reason())
        .startsWith("product AB of 1x250 by 250x129, C[0][128]: ")
        .endsWith(") found");
  }

  @Test
  void operandsThatLoseABitAreSeen() {
    // One fraction bit: 5/8 and 7/8 are cut to 1/2 and 3/4.
    Backend coarse = new Reversing(m -> masked(m, 0xffc00000), UnaryOperator.identity());
    assertThat(agreement(coarse, 11).verdict()).isEqualTo(Verdict.DIFFERS);
  }
}
