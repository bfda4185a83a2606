package dev.lockstep.bench.tolerance;

import dev.lockstep.agreement.ElementBound;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.input.Labelled;
import java.util.Locale;

/** The arithmetic of products; results are binary32. */
enum Precision implements Labelled {
  /** Binary32. */
  FP32(OperandRounding.NONE),
  /** Operands rounded to TF32. */
  TF32(OperandRounding.TF32),
  /** Operands rounded to bfloat16. */
  BF16(OperandRounding.BFLOAT16);

  private final OperandRounding rounding;

  Precision(OperandRounding rounding) {
    this.rounding = rounding;
  }

  OperandRounding rounding() {
    return rounding;
  }

  ElementBound bound() {
    return new ElementBound(rounding, Subnormals.KEPT);
  }

  /** Returns the largest number of terms of which the bound says anything. */
  int mostTerms() {
    return (int) Math.min(1 << 23, 0.5 / rounding.ofAddition());
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The values of the flag. */
  static final class Values extends FlagValues.Labels<Precision> {
    Values() {
      super(Precision.class, "fp32, tf32, bf16");
    }
  }
}
