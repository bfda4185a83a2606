package dev.lockstep.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A shared library that this process has opened, and its functions. It stays open as long as the
 * process runs.
 *
 * <p>The JVM opens it, and not this class by {@code dlopen}: code that a library runs when it is
 * loaded may make the processor flush subnormal numbers to zero, which the JVM undoes.
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
   * @param name an absolute path, or a bare name for the loader's own search
   * @throws LoadException with what the loader says, in English
   */
  public static NativeLibrary open(String name) throws LoadException {
    try {
      return new NativeLibrary(name, SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException notOpened) {
      throw SystemLoader.get().refusal(name);
    } catch (IllegalCallerException e) {
      throw LoadException.notOpened(
          LoadException.Kind.FORBIDDEN,
          name,
          "the JVM was told to allow no native code (" + e.getMessage() + ")");
    }
  }

  /**
   * The file that a library which needs this name would be bound to without a search; empty if no
   * library of that name is open.
   */
  public static Optional<Path> loadedFile(String soname) {
    return SystemLoader.get().file(soname);
  }

  /** The file it was loaded from. */
  public Path file() {
    return SystemLoader.get().file(name).orElseThrow();
  }

  /** Whether it has a function of that name. */
  public boolean has(String function) {
    return symbols.find(function).isPresent();
  }

  /**
   * Makes sure that it has some functions.
   *
   * @throws LoadException naming the first that it has not
   */
  public void require(List<String> functions) throws LoadException {
    for (String function : functions) {
      address(function);
    }
  }

  /**
   * A function, to be called often.
   *
   * @throws LoadException if it has no such function
   */
  public MethodHandle function(String function, FunctionDescriptor type) throws LoadException {
    return Linker.nativeLinker().downcallHandle(address(function), type);
  }

  /**
   * Calls a function.
   *
   * @return what it returns, such as an {@code Integer} or a {@code MemorySegment}
   * @throws LoadException if it has no such function
   */
  public Object call(String function, FunctionDescriptor type, Object... arguments)
      throws LoadException {
    return invoke(function(function, type), arguments);
  }

  private MemorySegment address(String function) throws LoadException {
    return symbols.find(function).orElseThrow(() -> LoadException.noFunction(name, function));
  }

  /** A function of the C library. */
  public static MethodHandle ofC(
      String function, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), type, options);
  }

  /** Calls a function, more slowly than {@code invokeExact} does. */
  public static Object invoke(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** What can be thrown by calling a function of C: nothing that is to be caught. */
  public static RuntimeException unexpected(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException("a native function threw", thrown);
    };
  }
}
