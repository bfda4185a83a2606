package dev.lockstep.bench.terminal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.regex.Pattern;

/** The files and terminals behind the standard streams, according to the operating system. */
public final class Terminal {

  static final int STANDARD_OUTPUT = 1;
  static final int STANDARD_ERROR = 2;

  /** The width of files, pipes and terminals of unknown width. */
  public static final int USUAL_COLUMNS = 80;

  /** The height of terminals of unknown height. */
  private static final int USUAL_ROWS = 24;

  /** The least width for which anything is laid out. */
  private static final int FEWEST_COLUMNS = 20;

  private static final String VARIABLE = "COLUMNS";
  private static final Pattern WIDTH = Pattern.compile("[1-9]\\d{0,4}");

  /** The request for a terminal's size. */
  private static final long TIOCGWINSZ = isMac() ? 0x40087468L : 0x5413L;

  private static final int F_GETFL = 3;
  private static final int ACCESS_MODE = 3;
  private static final int READ_ONLY = 0;

  private static final short POLLOUT = 4;
  private static final short POLLERR = 8;
  private static final short POLLNVAL = 32;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private Terminal() {}

  private static boolean isMac() {
    return System.getProperty("os.name").startsWith("Mac");
  }

  /** A call of a function of C by {@link MethodHandle#invokeExact}. */
  @FunctionalInterface
  interface Call {
    int run() throws Throwable;
  }

  /** Runs a call; the functions of this package throw nothing to be caught. */
  static int run(Call call) {
    try {
      return call.run();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** Whether standard error is a terminal. */
  public static boolean isStandardError() {
    return isTerminal(STANDARD_ERROR);
  }

  /**
   * Whether a descriptor leads to a terminal. {@link java.io.Console#isTerminal} also asks for
   * standard input, which may be a pipe.
   */
  static boolean isTerminal(int descriptor) {
    MethodHandle isatty = NativeLibrary.ofC("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    return run(() -> (int) isatty.invokeExact(descriptor)) == 1;
  }

  /** Whether a descriptor leads to a terminal whose user has not declined colours. */
  static boolean showsColours(int descriptor) {
    return wantsColours(System.getenv()) && isTerminal(descriptor);
  }

  /** Whether variables allow colours: see no-color.org, and TERM=dumb. */
  static boolean wantsColours(Map<String, String> variables) {
    return variables.getOrDefault("NO_COLOR", "").isEmpty() && !isDumb(variables);
  }

  /** Whether the terminal, by its name in TERM, may understand no escape sequences. */
  static boolean isDumb() {
    return isDumb(System.getenv());
  }

  private static boolean isDumb(Map<String, String> variables) {
    String kind = variables.getOrDefault("TERM", "");
    return kind.isEmpty() || kind.equals("dumb");
  }

  /**
   * The most characters of a line on standard output: the value of the variable COLUMNS, else the
   * width of the terminal, else {@value #USUAL_COLUMNS}.
   */
  public static int columns() {
    return columns(System.getenv().getOrDefault(VARIABLE, ""), STANDARD_OUTPUT);
  }

  /** The most characters of a line on standard error, by the same rule. */
  static int columnsOfStandardError() {
    return columns(System.getenv().getOrDefault(VARIABLE, ""), STANDARD_ERROR);
  }

  static int columns(String variable, int descriptor) {
    if (WIDTH.matcher(variable).matches()) {
      return Math.max(FEWEST_COLUMNS, Integer.parseInt(variable));
    }
    int width = size(descriptor, 1);
    return width > 0 ? Math.max(FEWEST_COLUMNS, width) : USUAL_COLUMNS;
  }

  /** The width of the terminal on standard output, whatever the variable says. */
  static int actualColumns() {
    return columns("", STANDARD_OUTPUT);
  }

  /** The height of the terminal on standard output, or {@value #USUAL_ROWS}. */
  static int rows() {
    int rows = size(STANDARD_OUTPUT, 0);
    return rows > 0 ? rows : USUAL_ROWS;
  }

  /**
   * The size of the terminal behind a descriptor; 0 if there is none or its size is unknown.
   *
   * @param dimension 0 for rows, 1 for columns
   */
  private static int size(int descriptor, int dimension) {
    MethodHandle ioctl =
        NativeLibrary.ofC(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, POINTER),
            Linker.Option.firstVariadicArg(2));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rowsAndColumns = arena.allocate(JAVA_SHORT, 4);
      int status = run(() -> (int) ioctl.invokeExact(descriptor, TIOCGWINSZ, rowsAndColumns));
      return status == 0 ? rowsAndColumns.getAtIndex(JAVA_SHORT, dimension) & 0xffff : 0;
    }
  }

  /** Whether a descriptor is a pipe whose reader is gone. */
  static boolean isBroken(int descriptor) {
    return (poll(descriptor) & POLLERR) != 0;
  }

  /** Whether a descriptor is closed or, as the launcher then leaves it, open for reading only. */
  static boolean isClosed(int descriptor) {
    return (poll(descriptor) & POLLNVAL) != 0 || (flags(descriptor) & ACCESS_MODE) == READ_ONLY;
  }

  private static int flags(int descriptor) {
    MethodHandle fcntl =
        NativeLibrary.ofC(
            "fcntl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    return run(() -> (int) fcntl.invokeExact(descriptor, F_GETFL));
  }

  private static short poll(int descriptor) {
    MethodHandle poll =
        NativeLibrary.ofC("poll", FunctionDescriptor.of(JAVA_INT, POINTER, JAVA_LONG, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(JAVA_INT, 2);
      one.set(JAVA_INT, 0, descriptor);
      one.set(JAVA_SHORT, 4, POLLOUT);
      run(() -> (int) poll.invokeExact(one, 1L, 0));
      return one.get(JAVA_SHORT, 6);
    }
  }
}
