package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A shared library, opened by the system's loader and never closed.
 *
 * <p>Through {@code dlopen} and not {@code SymbolLookup.libraryLookup}, which says neither why a
 * library does not load nor which file a name has led to.
 */
final class SharedLibrary {

  private static final int RTLD_LAZY = 1;
  private static final int RTLD_NOLOAD = 4;
  private static final int RTLD_DI_LINKMAP = 2;

  /** Offset of {@code l_name}, the path, in {@code struct link_map}: behind one address. */
  private static final long LINK_MAP_PATH = 8;

  private static final FunctionDescriptor DLOPEN =
      FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT);
  private static final FunctionDescriptor DLERROR = FunctionDescriptor.of(ADDRESS);
  private static final FunctionDescriptor DLSYM = FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS);
  private static final FunctionDescriptor DLINFO =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);

  private final MemorySegment handle;
  private final Path path;

  private SharedLibrary(MemorySegment handle) {
    this.handle = handle;
    this.path = pathOf(handle);
  }

  /**
   * Opens a library.
   *
   * @param name an absolute path, or a bare name for the loader's own search
   * @throws LoadException with what the loader says
   */
  static SharedLibrary open(String name) throws LoadException {
    MemorySegment handle = dlopen(name, RTLD_LAZY);
    if (handle.address() == 0) {
      throw new LoadException(lastError());
    }
    return new SharedLibrary(handle);
  }

  /** The library that a {@code NEEDED} entry of that name would be bound to without a search. */
  static Optional<SharedLibrary> loaded(String soname) {
    MemorySegment handle = dlopen(soname, RTLD_LAZY | RTLD_NOLOAD);
    if (handle.address() == 0) {
      lastError(); // or it would be taken for the next one's
      return Optional.empty();
    }
    return Optional.of(new SharedLibrary(handle));
  }

  /** The file it was loaded from. */
  Path path() {
    return path;
  }

  /**
   * Calls a function that returns an int.
   *
   * @throws LoadException if it has no such function
   */
  int call(String function, FunctionDescriptor type, @Nullable Object... arguments)
      throws LoadException {
    MemorySegment symbol;
    try (Arena arena = Arena.ofConfined()) {
      symbol = (MemorySegment) invoke(libc("dlsym"), DLSYM, handle, arena.allocateFrom(function));
    }
    if (symbol.address() == 0) {
      throw new LoadException(lastError());
    }
    return (int) invoke(symbol, type, arguments);
  }

  private static MemorySegment dlopen(String name, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return (MemorySegment) invoke(libc("dlopen"), DLOPEN, arena.allocateFrom(name), mode);
    }
  }

  /** What the loader said last on this thread. */
  private static String lastError() {
    MemorySegment text = (MemorySegment) invoke(libc("dlerror"), DLERROR);
    return text.address() == 0 ? "no reason given" : string(text);
  }

  private static Path pathOf(MemorySegment handle) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment map = arena.allocate(ADDRESS);
      int status = (int) invoke(libc("dlinfo"), DLINFO, handle, RTLD_DI_LINKMAP, map);
      if (status != 0) {
        throw new IllegalStateException("dlinfo of a library just opened: " + lastError());
      }
      MemorySegment entry = map.get(ADDRESS, 0).reinterpret(LINK_MAP_PATH + ADDRESS.byteSize());
      return Path.of(string(entry.get(ADDRESS, LINK_MAP_PATH)));
    }
  }

  private static String string(MemorySegment text) {
    return text.reinterpret(Integer.MAX_VALUE).getString(0);
  }

  private static MemorySegment libc(String function) {
    return Linker.nativeLinker().defaultLookup().findOrThrow(function);
  }

  private static Object invoke(
      MemorySegment function, FunctionDescriptor type, @Nullable Object... arguments) {
    try {
      return Linker.nativeLinker().downcallHandle(function, type).invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native function threw", e);
    }
  }

  /** A library cannot be loaded, or lacks a function; the message is the loader's. */
  static final class LoadException extends Exception {

    private static final long serialVersionUID = 1;

    LoadException(String message) {
      super(message);
    }
  }
}
