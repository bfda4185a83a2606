package dev.lockstep.bench.doctor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The few calls by which CUDA's libraries say what they are, without anything being started. */
final class NativeLibrary {

  private final String name;
  private final SymbolLookup symbols;

  private NativeLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /** The library of that name, if the loader finds it; it stays loaded. */
  static Optional<NativeLibrary> find(String name) {
    try {
      return Optional.of(new NativeLibrary(name, SymbolLookup.libraryLookup(name, Arena.global())));
    } catch (IllegalArgumentException notFound) {
      return Optional.empty();
    }
  }

  String name() {
    return name;
  }

  /** Calls {@code int function(int)}. */
  int call(String function, int argument) {
    return (int) invoke(function, FunctionDescriptor.of(JAVA_INT, JAVA_INT), argument);
  }

  /** Calls {@code int function(int* result)}; empty if it fails. */
  Optional<Integer> ask(String function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_INT);
      int status = (int) invoke(function, FunctionDescriptor.of(JAVA_INT, ADDRESS), result);
      return status == 0 ? Optional.of(result.get(JAVA_INT, 0)) : Optional.empty();
    }
  }

  /** Calls {@code int function(int argument, int* result)}; empty if it fails. */
  Optional<Integer> ask(String function, int argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_INT);
      int status =
          (int)
              invoke(
                  function, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), argument, result);
      return status == 0 ? Optional.of(result.get(JAVA_INT, 0)) : Optional.empty();
    }
  }

  private Object invoke(String function, FunctionDescriptor type, Object... arguments) {
    MethodHandle handle = Linker.nativeLinker().downcallHandle(symbols.findOrThrow(function), type);
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(function + " of " + name + " threw", e);
    }
  }
}
