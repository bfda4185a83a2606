package dev.lockstep.peers;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** A shared library that stays loaded as long as the JVM runs, and its functions. */
final class CLibrary {
  private final Path file;
  private final SymbolLookup symbols;

  /**
   * Loads it.
   *
   * @throws UnavailableException if it is not there, or cannot be loaded
   */
  CLibrary(Path file) {
    this.file = file;
    if (!Files.isRegularFile(file)) {
      throw unavailable(file + " is not there");
    }
    try {
      symbols = SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw unavailable(file + " cannot be loaded (" + e.getMessage() + ")");
    }
  }

  private static UnavailableException unavailable(String sentence) {
    return new UnavailableException(
        Cause.NATIVES, sentence, "build with `mvn -Ppeers package` on x86-64 Linux");
  }

  /**
   * A function of it.
   *
   * @throws UnavailableException if it has none of that name
   */
  MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker()
        .downcallHandle(
            symbols.find(name).orElseThrow(() -> unavailable(file + " has no function " + name)),
            type);
  }

  /** What can be thrown by calling a function of C: nothing that is to be caught. */
  static RuntimeException unexpected(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(thrown);
    };
  }
}
