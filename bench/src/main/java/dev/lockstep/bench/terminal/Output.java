package dev.lockstep.bench.terminal;

import java.util.function.UnaryOperator;

/**
 * How much this process prints, and whether in colour. A command line chooses both before its
 * command runs.
 */
public final class Output {

  /** How much is printed. */
  public enum Amount {
    /** Tables, progress, and everything else. */
    EVERYTHING,
    /** Verdicts, faults, errors, and what was asked for by name, such as a list. */
    VERDICTS
  }

  /** Where colours are used. */
  public enum Colours {
    /** Where the reader is a terminal that shows them. */
    IF_SHOWN,
    /** Nowhere. */
    NEVER
  }

  private static volatile Amount amount = Amount.EVERYTHING;
  private static volatile Colours colours = Colours.IF_SHOWN;

  private Output() {}

  /** Decides for everything that is printed from now on. */
  public static void choose(Amount amount, Colours colours) {
    Output.amount = amount;
    Output.colours = colours;
  }

  /** Whether standard output gets colours. */
  public static boolean isColoured() {
    return isColoured(Terminal.STANDARD_OUTPUT);
  }

  static boolean isColoured(int descriptor) {
    return colours == Colours.IF_SHOWN && Terminal.showsColours(descriptor);
  }

  static boolean showsDetails() {
    return amount == Amount.EVERYTHING;
  }

  /** Colours lines for a stream, if it gets colours. */
  static UnaryOperator<String> paint(int descriptor) {
    return isColoured(descriptor) ? Colour::paint : UnaryOperator.identity();
  }
}
