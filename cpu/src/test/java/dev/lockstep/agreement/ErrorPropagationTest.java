package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bounds of single operations, on operands that no training has. */
final class ErrorPropagationTest {
  private static final Tensor BIAS = tensor("b1");
  private static final Tensor NOISE = tensor("noise");

  private static Tensor tensor(String name) {
    return new Tensor(
        name, Tensor.Element.REAL, Tensor.Lifetime.STEP, new Axis.One(), new Axis.Units(0, 3));
  }

  /** A bias of 2^-127 may be read as zero, and one that errs makes a sum that errs as much. */
  @Test
  void aShiftedBiasErrsAsItsOperandsDo() {
    Bounded bias = new Bounded(1, 3, new double[] {0x1p-127, 1, 1}, new double[] {0, 0x1p-10, 0});
    Bounded noise = new Bounded(1, 3, new double[] {0, 0.25, 0.25}, new double[] {0, 0, 0x1p-12});
    assertThat(errors(Subnormals.KEPT, bias, noise)[0]).isLessThan(0x1p-148);
    double[] errors = errors(Subnormals.FLUSHED, bias, noise);
    assertThat(errors[0]).isBetween(0x1p-127, 0x1p-124);
    assertThat(errors[1]).isBetween(0x1p-10 + 0x1p-24, 0x1p-10 + 1.01 * 0x1p-24);
    assertThat(errors[2]).isBetween(0x1p-12 + 0x1p-24, 0x1p-12 + 1.01 * 0x1p-24);
  }

  private static double[] errors(Subnormals subnormals, Bounded bias, Bounded noise) {
    Op shift = new Op.ShiftBias(BIAS, NOISE, tensor("shifted"));
    ErrorPropagation propagation =
        new ErrorPropagation(
            List.of(shift),
            new Updates(Dense.sgd(List.of(), List.of())),
            0,
            new ElementBound(OperandRounding.NONE, subnormals));
    Map<Tensor, Bounded> operands = Map.of(BIAS, bias, NOISE, noise);
    return propagation.results(shift, operands::get).getFirst().errors();
  }
}
