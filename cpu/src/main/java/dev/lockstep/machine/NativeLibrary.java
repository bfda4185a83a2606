package dev.lockstep.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A shared library that this process has opened, and its functions. The library stays open until
 * the process ends.
 *
 * <p>The JVM opens it; this class does not call {@code dlopen} itself. A library may run code when
 * it is loaded that makes the processor flush subnormal numbers to zero, and the JVM undoes that.
 */
@SuppressWarnings("restricted")
public final class NativeLibrary {

  private final String name;
  private final SymbolLookup symbols;

  private NativeLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /**
   * Opens a library.
   *
   * @param name an absolute path, or a bare name that the system's loader searches for
   * @throws LoadException with the reason
   */
  public static NativeLibrary open(String name) throws LoadException {
    try {
      SystemLoader.get().requireWhole(name);
      return new NativeLibrary(name, SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException notOpened) {
      throw SystemLoader.get().refusal(name);
    } catch (IllegalCallerException e) {
      throw forbidden(name, e);
    }
  }

  /**
   * Checks that this JVM allows native code.
   *
   * @throws LoadException if it was told not to
   */
  public static void requireAllowed() throws LoadException {
    try {
      ofC("getpid", FunctionDescriptor.of(JAVA_INT));
    } catch (IllegalCallerException e) {
      throw forbidden("the C library", e);
    }
  }

  private static LoadException forbidden(String name, IllegalCallerException e) {
    return LoadException.notOpened(
        LoadException.Kind.FORBIDDEN,
        name,
        "the JVM was told to allow no native code (" + e.getMessage() + ")");
  }

  /** The file of the open library that has this name; empty if none is open. */
  public static Optional<Path> loadedFile(String soname) {
    return SystemLoader.get().file(soname);
  }

  /** The file that the library was loaded from. */
  public Path file() {
    return SystemLoader.get().file(name).orElseThrow();
  }

  /** Whether the library has a function of that name. */
  public boolean has(String function) {
    return symbols.find(function).isPresent();
  }

  /**
   * Checks that the library has these functions.
   *
   * @throws LoadException naming the first one that is missing
   */
  public void require(List<String> functions) throws LoadException {
    for (String function : functions) {
      address(function);
    }
  }

  /**
   * Links a function, to be called often.
   *
   * @throws LoadException if the library has no such function
   */
  public MethodHandle function(String function, FunctionDescriptor type) throws LoadException {
    return Linker.nativeLinker().downcallHandle(address(function), type);
  }

  /**
   * Calls a function that returns an int, such as a status.
   *
   * @param arguments an {@code Integer} for each int, a {@code MemorySegment} for each address
   * @throws LoadException if the library has no such function
   */
  public int call(String function, Object... arguments) throws LoadException {
    MemoryLayout[] types =
        Arrays.stream(arguments)
            .map(argument -> argument instanceof Integer ? JAVA_INT : ADDRESS)
            .toArray(MemoryLayout[]::new);
    return (int) invoke(function(function, FunctionDescriptor.of(JAVA_INT, types)), arguments);
  }

  private MemorySegment address(String function) throws LoadException {
    return symbols.find(function).orElseThrow(() -> LoadException.noFunction(name, function));
  }

  /** Links a function of the C library. */
  public static MethodHandle ofC(
      String function, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), type, options);
  }

  /** Calls a function. This is slower than {@code invokeExact}. */
  public static Object invoke(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Turns what a call of a C function threw, which nobody expects, into an unchecked exception. */
  public static RuntimeException unexpected(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException("a native function threw", thrown);
    };
  }
}
