package dev.lockstep.gpu.kernel;

import dev.lockstep.model.Activation;

/**
 * What a product's kernel makes of an element before it is written, acc being the finished chain.
 *
 * @param kind of what it does
 * @param activation f, where there is one
 */
public record Epilogue(Kind kind, Activation activation) {

  /** c = acc. */
  public static final Epilogue STORE = new Epilogue(Kind.STORE, Activation.IDENTITY);

  /** c = fma(-rate, acc, c): c are the parameters, unless a loss was not finite. */
  public static final Epilogue SGD = new Epilogue(Kind.SGD, Activation.IDENTITY);

  /** The order of the constants is that of the codes in {@code epilogue.cuh}. */
  public enum Kind {
    /** c = acc. */
    STORE,
    /** c = f(acc + b[j]). */
    ACTIVATE,
    /** c = f'(acc, a[i][j]). */
    DERIVATIVE,
    /** c = fma(-rate, acc, c). */
    SGD
  }

  /** Whether a product can compute f': where it is taken from a. */
  public static boolean fusesDerivative(Activation activation) {
    return !activation.keepsInput();
  }

  /** Of a forward product: c = f(acc + b[j]), for an f that {@link Activation#fuses}. */
  public static Epilogue activate(Activation activation) {
    if (!activation.fuses()) {
      throw new IllegalArgumentException(activation + " is a pass of its own");
    }
    return new Epilogue(Kind.ACTIVATE, activation);
  }

  /** Of a backward product: c = f'(acc, a[i][j]) from the stored activations a, if it can. */
  public static Epilogue derivative(Activation activation) {
    if (!fusesDerivative(activation)) {
      throw new IllegalArgumentException("the derivative of " + activation + " is a pass");
    }
    // Nothing becomes of the sum, so that nothing need be read for it.
    return activation == Activation.IDENTITY ? STORE : new Epilogue(Kind.DERIVATIVE, activation);
  }

  /** The code that the kernels know what it does by. */
  int code() {
    return kind.ordinal();
  }

  /** The code that the kernels know the activation by, as {@code activation.cuh} has it. */
  int activationCode() {
    return activation.ordinal();
  }
}
