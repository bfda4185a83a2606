package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The system's loader, {@code dlopen} and its kin. {@code SymbolLookup.libraryLookup} would say
 * neither why a library does not load nor which file a name has led to.
 */
@SuppressWarnings("restricted")
final class DynamicLoader {

  static final int RTLD_LAZY = 1;
  static final int RTLD_NOLOAD = 4;

  private static final int RTLD_DI_LINKMAP = 2;

  /** Offset of {@code l_name}, the path, in {@code struct link_map}: behind one address. */
  private static final long LINK_MAP_PATH = 8;

  private static final int LC_MESSAGES_MASK = 1 << 5;

  private static @Nullable DynamicLoader instance;

  private final MethodHandle open =
      function("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
  private final MethodHandle error = function("dlerror", FunctionDescriptor.of(ADDRESS));
  private final MethodHandle symbol =
      function("dlsym", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
  private final MethodHandle info =
      function("dlinfo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

  private final MethodHandle useLocale =
      function("uselocale", FunctionDescriptor.of(ADDRESS, ADDRESS));
  private final MemorySegment english = english();

  private DynamicLoader() {}

  /** The locale in which the loader's reasons are what this program looks for, and prints. */
  private static MemorySegment english() {
    MethodHandle newLocale =
        function("newlocale", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      return (MemorySegment)
          invoke(newLocale, LC_MESSAGES_MASK, arena.allocateFrom("C"), MemorySegment.NULL);
    }
  }

  /**
   * The one of this process.
   *
   * @throws IllegalCallerException if the JVM was told to allow no native code
   */
  static synchronized DynamicLoader get() {
    if (instance == null) {
      instance = new DynamicLoader();
    }
    return instance;
  }

  /**
   * Opens a library.
   *
   * @param name an absolute path, or a bare name for the loader's own search
   * @throws LoadException with what the loader says
   */
  MemorySegment open(String name, int mode) throws LoadException {
    forgetErrors();
    try (Arena arena = Arena.ofConfined()) {
      return checked((MemorySegment) invoke(open, arena.allocateFrom(name), mode));
    }
  }

  /**
   * A function of an open library.
   *
   * @throws LoadException if it has no such function
   */
  MemorySegment symbol(MemorySegment library, String name) throws LoadException {
    forgetErrors();
    try (Arena arena = Arena.ofConfined()) {
      return checked((MemorySegment) invoke(symbol, library, arena.allocateFrom(name)));
    }
  }

  /** The file an open library was loaded from. */
  Path path(MemorySegment library) throws LoadException {
    forgetErrors();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment map = arena.allocate(ADDRESS);
      if ((int) invoke(info, library, RTLD_DI_LINKMAP, map) != 0) {
        throw new LoadException(lastError());
      }
      MemorySegment entry = map.get(ADDRESS, 0).reinterpret(LINK_MAP_PATH + ADDRESS.byteSize());
      return Path.of(string(entry.get(ADDRESS, LINK_MAP_PATH))).toAbsolutePath();
    }
  }

  /**
   * Calls a function.
   *
   * @param type its type, as {@code FunctionDescriptor} writes it
   */
  static Object call(MemorySegment function, FunctionDescriptor type, Object... arguments) {
    return invoke(Linker.nativeLinker().downcallHandle(function, type), arguments);
  }

  /**
   * An error is kept until the next call of any of these functions on this thread. The JVM calls
   * them too, when it links one of its own: so {@code dlerror} is called once before it is needed.
   */
  private void forgetErrors() {
    invoke(error);
  }

  private MemorySegment checked(MemorySegment result) throws LoadException {
    if (result.address() == 0) {
      throw new LoadException(lastError());
    }
    return result;
  }

  private String lastError() {
    // dlerror puts its text together when it is called, in the locale of this thread.
    MemorySegment before = (MemorySegment) invoke(useLocale, english);
    MemorySegment text = (MemorySegment) invoke(error);
    invoke(useLocale, before);
    return text.address() == 0 ? "the loader gives no reason" : string(text);
  }

  private static String string(MemorySegment text) {
    return text.reinterpret(Integer.MAX_VALUE).getString(0);
  }

  private static MethodHandle function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  private static Object invoke(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native function threw", e);
    }
  }
}
