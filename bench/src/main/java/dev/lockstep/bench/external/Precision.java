package dev.lockstep.bench.external;

import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.input.Labelled;
import java.util.Locale;

/** The arithmetic that a program claims, by which it is judged. */
enum Precision implements Labelled {
  /** Binary32, in the program's own order of operations. */
  FP32(Kind.LIBRARY_STEP, OperandRounding.NONE, Float.BYTES),
  /** Operands of products rounded to TF32. */
  TF32(Kind.LIBRARY_STEP, OperandRounding.TF32, Float.BYTES),
  /** Operands of products rounded to bfloat16. */
  BF16(Kind.LIBRARY_STEP, OperandRounding.BFLOAT16, Float.BYTES),
  /** Binary64, in the program's own order of operations. */
  FP64(Kind.LIBRARY_STEP, OperandRounding.BINARY64, Double.BYTES),
  /** Canonical arithmetic, to the bit. */
  CANONICAL(Kind.EXACT, OperandRounding.NONE, Float.BYTES);

  private final Kind kind;
  private final OperandRounding rounding;
  private final int elementBytes;

  Precision(Kind kind, OperandRounding rounding, int elementBytes) {
    this.kind = kind;
    this.rounding = rounding;
    this.elementBytes = elementBytes;
  }

  Kind kind() {
    return kind;
  }

  OperandRounding rounding() {
    return rounding;
  }

  /** The bytes of a number in its tensors. */
  int elementBytes() {
    return elementBytes;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
