package dev.lockstep.gpu.kernel;

import dev.lockstep.model.Activation;

/**
 * What a product's kernel makes of an element before it is written, acc being the finished chain.
 * The order of the constants is that of the codes in {@code epilogue.cuh}.
 */
public enum Epilogue {
  /** c = acc. */
  STORE,
  /** c = acc + b[j]. */
  BIAS,
  /** c = relu(acc + b[j]). */
  BIAS_RELU,
  /** c = tanh(acc + b[j]). */
  BIAS_TANH,
  /** c = a[i][j] <= 0 ? +0 : acc. */
  DERIVATIVE_RELU,
  /** c = acc * fma(-a, a, 1), a = a[i][j]. */
  DERIVATIVE_TANH,
  /** c = fma(-rate, acc, c): c are the parameters, unless a loss was not finite. */
  SGD;

  /** The code that the kernels know it by. */
  int code() {
    return ordinal();
  }

  /** Of a forward product. */
  public static Epilogue bias(Activation activation) {
    return switch (activation) {
      case IDENTITY -> BIAS;
      case RELU -> BIAS_RELU;
      case TANH -> BIAS_TANH;
    };
  }

  /** Of a backward product. */
  public static Epilogue derivative(Activation activation) {
    return switch (activation) {
      case IDENTITY -> STORE;
      case RELU -> DERIVATIVE_RELU;
      case TANH -> DERIVATIVE_TANH;
    };
  }
}
