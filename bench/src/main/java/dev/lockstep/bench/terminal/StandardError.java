package dev.lockstep.bench.terminal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/**
 * Takes over the standard error stream that the launcher keeps for the program.
 *
 * <p>The JVM announces incubator modules and {@code JAVA_TOOL_OPTIONS} on standard error before
 * {@code main} runs, and no option silences it. The launcher therefore starts it with a filter on
 * descriptor 2 and the user's own stream on another descriptor, which it names in the property
 * {@value #PROPERTY}. Once that stream is back on descriptor 2 the filter is out of the way: a
 * terminal is a terminal again, and lines on both standard streams keep their order.
 */
public final class StandardError {

  /** Holds {@code descriptor@pid}, where the pid is that of the JVM the launcher became. */
  static final String PROPERTY = "lockstep.stderr";

  private StandardError() {}

  /**
   * Puts the user's stream back on descriptor 2. Does nothing in a JVM that the launcher did not
   * start. Must run before anything is written to standard error.
   */
  public static void restore() {
    OptionalInt kept =
        keptDescriptor(System.getProperty(PROPERTY, ""), ProcessHandle.current().pid());
    if (kept.isPresent()) {
      moveToStandardError(kept.getAsInt());
    }
  }

  /**
   * Prints a line by means of the JDK alone: Lockstep's classes may be what the line says is
   * missing.
   */
  public static void printLine(String line) {
    System.err.println(line);
  }

  /**
   * Returns the descriptor that {@code property} names for the process {@code pid}. A JVM that this
   * one starts with its own options, as JMH does, inherits the property but not the descriptor,
   * which is then some other file: hence the pid.
   */
  static OptionalInt keptDescriptor(String property, long pid) {
    int at = property.indexOf('@');
    return at > 0 && property.substring(at + 1).equals(Long.toString(pid))
        ? OptionalInt.of(Integer.parseInt(property.substring(0, at)))
        : OptionalInt.empty();
  }

  private static void moveToStandardError(int descriptor) {
    MethodHandle dup2 =
        NativeLibrary.ofC("dup2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    MethodHandle close = NativeLibrary.ofC("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    try {
      // Should dup2 fail, descriptor 2 still leads to the user, through the filter.
      int duplicated = (int) dup2.invokeExact(descriptor, Terminal.STANDARD_ERROR);
      if (duplicated == Terminal.STANDARD_ERROR) {
        int unused = (int) close.invokeExact(descriptor);
      }
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
