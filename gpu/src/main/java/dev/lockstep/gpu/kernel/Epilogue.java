package dev.lockstep.gpu.kernel;

import dev.lockstep.model.Activation;

/**
 * The operation that a product kernel applies to an element before writing it. The finished sum of
 * the element is acc.
 *
 * @param kind the kind of operation
 * @param activation the activation f; IDENTITY for kinds without one
 */
public record Epilogue(Kind kind, Activation activation) {

  /** c = acc. */
  public static final Epilogue STORE = new Epilogue(Kind.STORE, Activation.IDENTITY);

  /** c = fma(-rate, acc, c), where c are the parameters; skipped once a loss was not finite. */
  public static final Epilogue SGD = new Epilogue(Kind.SGD, Activation.IDENTITY);

  /** The kinds, in the order of their codes in {@code epilogue.cuh}. */
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

  /**
   * Returns whether a product can compute f', which requires that f' depends on the activations a
   * only.
   */
  public static boolean fusesDerivative(Activation activation) {
    return !activation.keepsInput();
  }

  /**
   * Returns the epilogue of a forward product: c = f(acc + b[j]), for an f that {@link
   * Activation#fuses}.
   */
  public static Epilogue activate(Activation activation) {
    if (!activation.fuses()) {
      throw new IllegalArgumentException(activation + " is a pass of its own");
    }
    return new Epilogue(Kind.ACTIVATE, activation);
  }

  /**
   * Returns the epilogue of a backward product: c = f'(acc, a[i][j]) from the stored activations a.
   */
  public static Epilogue derivative(Activation activation) {
    if (!fusesDerivative(activation)) {
      throw new IllegalArgumentException("the derivative of " + activation + " is a pass");
    }
    // The derivative of the identity leaves the sum unchanged, so a need not be read.
    return activation == Activation.IDENTITY ? STORE : new Epilogue(Kind.DERIVATIVE, activation);
  }

  /** Returns the kernels' code for the kind. */
  int code() {
    return kind.ordinal();
  }

  /** Returns the kernels' code for the activation, as in {@code activation.cuh}. */
  int activationCode() {
    return activation.ordinal();
  }
}
