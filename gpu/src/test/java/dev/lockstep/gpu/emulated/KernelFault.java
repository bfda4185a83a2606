package dev.lockstep.gpu.emulated;

import static dev.lockstep.gpu.emulated.ContractCase.ACCUMULATOR_OF_MINUS_ZERO;
import static dev.lockstep.gpu.emulated.ContractCase.ACTIVATIONS;
import static dev.lockstep.gpu.emulated.ContractCase.COLUMN_SUMS;
import static dev.lockstep.gpu.emulated.ContractCase.CROSS_ENTROPY;
import static dev.lockstep.gpu.emulated.ContractCase.DERIVATIVES;
import static dev.lockstep.gpu.emulated.ContractCase.LOCKSTEP;
import static dev.lockstep.gpu.emulated.ContractCase.NOISE;
import static dev.lockstep.gpu.emulated.ContractCase.PRODUCTS;
import static dev.lockstep.gpu.emulated.ContractCase.SINGLE_STEP;
import static dev.lockstep.gpu.emulated.ContractCase.SQUARED_ERROR;
import static dev.lockstep.gpu.emulated.ContractCase.TRAINING;
import static dev.lockstep.gpu.emulated.ContractCase.UPDATES;

import java.util.Locale;

/**
 * A mistake in the source of the kernels, the case of the contract that has to see it, and how that
 * case has to name what is wrong. Every one leaves the numbers right to a few units in the last
 * place, or in all but a corner.
 */
enum KernelFault {
  A_TAIL_WITHOUT_FMA(
      "gemm/chain_tile.cuh",
      "if (t < rest % 4) sums.add(l.term[t], r.term[t]);",
      """
      for (int j = 0; j < COLUMNS_EACH && t < rest % 4; j++) {
        for (int i = 0; i < ROWS_EACH; i++) {
          sums.c[j][i] = __fadd_rn(__fmul_rn(l.term[t][i], r.term[t][j]), sums.c[j][i]);
        }
      }
      """,
      PRODUCTS,
      "A?BT? of [0-9]+ x [0-9]+ and [0-9]+ x [0-9]+"),
  TERMS_PADDED_WITH_ZEROS(
      "gemm/chain_tile.cuh",
      "int rest = k > 0 ? (k - 1) % DEPTH + 1 : 0;",
      "int rest = k > 0 ? ((k - 1) % DEPTH + 4) / 4 * 4 : 0;",
      ACCUMULATOR_OF_MINUS_ZERO,
      "A?BT? of 7 x [0-9]+ and [0-9]+ x 33"),
  FOUR_TERMS_IN_DESCENDING_ORDER(
      "gemm/chain_tile.cuh",
      "for (int t = 0; t < 4; t++) sums.add(left.term[t], right.term[t]);",
      "for (int t = 3; t >= 0; t--) sums.add(left.term[t], right.term[t]);",
      PRODUCTS,
      "A?BT? of [0-9]+ x [0-9]+ and [0-9]+ x [0-9]+"),
  /** The classic trap: whole vectors of columns are fused, what is left of them is not. */
  A_COLUMN_WITHOUT_FMA(
      "gemm/chain_tile.cuh",
      "c[j][i] = __fmaf_rn(left[i], right[j], c[j][i]);",
      """
      {
        bool last = threadIdx.x / 2 % 8 == 7;
        c[j][i] = last ? __fadd_rn(__fmul_rn(left[i], right[j]), c[j][i])
                       : __fmaf_rn(left[i], right[j], c[j][i]);
      }
      """,
      LOCKSTEP,
      "unit classes of hidden layer [12], width 33.* but was: 2"),
  RELU_KEEPS_MINUS_ZERO(
      "activation.cuh",
      "return z <= 0.0f ? 0.0f : z;",
      "return z < 0.0f ? 0.0f : z;",
      ACTIVATIONS,
      "RELU of 13 x 1"),
  TANH_OF_SMALL_NUMBERS_LIKE_THAT_OF_LARGE(
      "elementary.cuh",
      "float magnitude = a < TANH_SMALL ? small : large;",
      "float magnitude = large;",
      SINGLE_STEP,
      "activations of layer 1"),
  SLOPE_OF_TANH_WITHOUT_FMA(
      "activation.cuh",
      "__fmaf_rn(-a, a, 1.0f)",
      "__fsub_rn(1.0f, __fmul_rn(a, a))",
      DERIVATIVES,
      "derivative of TANH, 13 x 1"),
  LEAKY_RELU_PASSES_AT_ZERO(
      "activation.cuh",
      "return a > 0.0f ? upstream : __fmul_rn(LEAKY_SLOPE, upstream);",
      "return a >= 0.0f ? upstream : __fmul_rn(LEAKY_SLOPE, upstream);",
      DERIVATIVES,
      "derivative of LEAKY_RELU, 13 x [0-9]+"),
  SLOPE_OF_SIGMOID_IN_ANOTHER_ORDER(
      "activation.cuh",
      "__fmul_rn(upstream, __fmul_rn(a, __fsub_rn(1.0f, a)))",
      "__fmul_rn(__fmul_rn(upstream, a), __fsub_rn(1.0f, a))",
      DERIVATIVES,
      "derivative of SIGMOID, 13 x [0-9]+"),
  SIGMOID_WITHOUT_WHAT_THE_DIVISION_LEFT(
      "elementary.cuh",
      "__fmaf_rn(dividend, r, __fmul_rn(dividend, __fmul_rn(r, rest)))",
      "__fmul_rn(dividend, r)",
      ACTIVATIONS,
      "SIGMOID of [0-9]+ x [0-9]+"),
  GELU_WITHOUT_A_LIMIT(
      "elementary.cuh",
      "return square > GELU_SQUARE ? GELU_SQUARE : square;",
      "return square;",
      DERIVATIVES,
      "derivative of GELU, 13 x [0-9]+"),
  GELU_FORGETS_ITS_INPUT(
      "layer.cuh", "if (a != z) z[i] = sum;", "", SINGLE_STEP, "delta of layer 3"),
  NOISE_OF_THE_FIRST_STEP(
      "layer.cuh",
      "(step_of(state) % slots) * stride",
      "0 * (step_of(state) % slots) * stride",
      NOISE,
      "64-7-7-10 [a-z-]+, batch 33, [0-9]+ threads: loss"),
  DELTA_DIVIDED_BY_THE_BATCH(
      "cross_entropy.cuh",
      "d[c] = __fmul_rn(__fsub_rn(__fdiv_rn(d[c], sum), target), scale);",
      "d[c] = __fdiv_rn(__fsub_rn(__fdiv_rn(d[c], sum), target), __int2float_rn(rows));",
      CROSS_ENTROPY,
      "cross-entropy of [0-9]+ x [0-9]+, delta"),
  ROW_LOSS_IN_ANOTHER_ORDER(
      "cross_entropy.cuh",
      "__fsub_rn(canonical_log(sum), __fsub_rn(z[label], max))",
      "__fsub_rn(__fadd_rn(canonical_log(sum), max), z[label])",
      CROSS_ENTROPY,
      "cross-entropy of [0-9]+ x [0-9]+, row loss"),
  UPDATE_WITHOUT_FMA(
      "layer.cuh",
      "weights[i] = __fmaf_rn(-rate, gradient[i], weights[i]);",
      "weights[i] = __fsub_rn(weights[i], __fmul_rn(rate, gradient[i]));",
      UPDATES,
      "update of 7 x [0-9]+"),
  SQUARES_WITHOUT_FMA(
      "squared_error.cuh",
      "sum = __fmaf_rn(distance, distance, sum);",
      "sum = __fadd_rn(sum, __fmul_rn(distance, distance));",
      SQUARED_ERROR,
      "squared error of [0-9]+ x [0-9]+, row loss"),
  ADAM_FORGETS_ITS_CORRECTION(
      "update.cuh",
      "__fsqrt_rn(__fmul_rn(v, correction))",
      "__fsqrt_rn(v)",
      UPDATES,
      "update of 7 x [0-9]+ by Update.rule=adam"),
  NESTEROV_LOOKS_NOT_AHEAD(
      "update.cuh",
      "direction = rule == RULE_MOMENTUM ? v : __fmaf_rn(a, v, g);",
      "direction = v;",
      UPDATES,
      "update of 7 x [0-9]+ by Update.rule=nesterov"),
  DECAY_WITHOUT_FMA(
      "update.cuh",
      "g = __fmaf_rn(decay, w, g);",
      "g = __fadd_rn(__fmul_rn(decay, w), g);",
      UPDATES,
      "update of 7 x [0-9]+ by Update.rule=(sgd|momentum|nesterov|adam)"),
  UPDATE_IN_THE_PRODUCT_WITHOUT_FMA(
      "epilogue.cuh",
      "return __fmaf_rn(-rate, sum, other);",
      "return __fsub_rn(other, __fmul_rn(rate, sum));",
      TRAINING,
      "W[12]"),
  BIAS_GRADIENT_IN_DESCENDING_ORDER(
      "layer.cuh",
      "for (int i = 0; i < rows; i++, at += columns) sum = __fadd_rn(sum, *at);",
      """
      for (long long i = rows - 1; i >= 0; i--) sum = __fadd_rn(sum, at[i * columns]);
      """,
      COLUMN_SUMS,
      "column sums of [0-9]+ x [0-9]+");

  private final String file;
  private final String right;
  private final String wrong;
  private final ContractCase seenBy;
  private final String message;

  /**
   * @param file of gpu/src/main/cuda
   * @param right what stands in it, once
   * @param wrong what stands there instead
   * @param message what the message of a failure has to contain, a regular expression
   */
  KernelFault(String file, String right, String wrong, ContractCase seenBy, String message) {
    this.file = file;
    this.right = right;
    this.wrong = wrong;
    this.seenBy = seenBy;
    this.message = message;
  }

  String file() {
    return file;
  }

  ContractCase seenBy() {
    return seenBy;
  }

  String message() {
    return message;
  }

  /**
   * The file's text with the mistake in it.
   *
   * @throws AssertionError if the text does not have the right place exactly once
   */
  String into(String text) {
    int at = text.indexOf(right);
    if (at < 0 || text.indexOf(right, at + 1) >= 0) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s: %s has not exactly one `%s`: put the mistake where it now belongs",
              this,
              file,
              right));
    }
    return text.substring(0, at) + wrong + text.substring(at + right.length());
  }
}
