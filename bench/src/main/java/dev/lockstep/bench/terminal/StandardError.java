package dev.lockstep.bench.terminal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/**
 * Restores the standard error stream that the launcher kept aside.
 *
 * <p>The JVM announces incubator modules and {@code JAVA_TOOL_OPTIONS} on standard error before
 * {@code main} runs, and no option silences it. The launcher therefore starts the JVM with a filter
 * on descriptor 2 and the user's stream on another descriptor, named in the property {@value
 * #PROPERTY}. Moving that stream back to descriptor 2 removes the filter: a terminal is recognised
 * again, and lines on both standard streams keep their order.
 */
public final class StandardError {

  /** The property {@code descriptor@pid}, with the pid of the JVM that the launcher became. */
  static final String PROPERTY = "lockstep.stderr";

  private StandardError() {}

  /**
   * Puts the user's stream back on descriptor 2. Does nothing in a JVM that the launcher did not
   * start. Must run before anything is written to standard error.
   */
  public static void restore() {
    keptDescriptor(System.getProperty(PROPERTY, ""), ProcessHandle.current().pid())
        .ifPresent(StandardError::moveToStandardError);
  }

  /** Prints a line without other classes of Lockstep, one of which the line may report missing. */
  public static void printLine(String line) {
    System.err.println(line);
  }

  /**
   * Returns the descriptor that {@code property} names for the process {@code pid}. JMH starts JVMs
   * with the options of this one; they inherit the property but not the descriptor, and the pid
   * tells them apart.
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
    int target = Terminal.STANDARD_ERROR;
    // If dup2 fails, descriptor 2 still leads to the user through the filter.
    if (Terminal.run(() -> (int) dup2.invokeExact(descriptor, target)) == target) {
      Terminal.run(() -> (int) close.invokeExact(descriptor));
    }
  }
}
