package dev.lockstep.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** A shared library that stays loaded as long as the JVM runs, and its functions. */
final class CLibrary {
  // Of glibc's dlfcn.h.
  private static final int RTLD_LAZY = 1;
  private static final int RTLD_DEEPBIND = 8;

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

  /**
   * Loads a library whose calls of functions that it has itself stay within it, whatever others of
   * those names have been loaded, for as long as the JVM runs. libtorch has parts of oneMKL linked
   * in: with another oneMKL in the process its vector functions were those of the other, which
   * overwrote its memory.
   *
   * @throws UnavailableException if it cannot be loaded
   */
  static void loadBoundToItself(Path file) {
    Linker linker = Linker.nativeLinker();
    MethodHandle dlopen =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("dlopen"),
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      var handle =
          (MemorySegment)
              dlopen.invokeExact(arena.allocateFrom(file.toString()), RTLD_LAZY | RTLD_DEEPBIND);
      if (handle.equals(MemorySegment.NULL)) {
        throw unavailable(file + " cannot be loaded");
      }
    } catch (UnavailableException e) {
      throw e;
    } catch (Throwable thrown) {
      throw unexpected(thrown);
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
