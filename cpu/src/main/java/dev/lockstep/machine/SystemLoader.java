package dev.lockstep.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The system's loader ({@code dlopen}, {@code dlerror}, {@code dlinfo}). It tells what the JVM does
 * not: whether a library opens, what the loader says otherwise, and which file a name has led to.
 */
@SuppressWarnings("restricted")
final class SystemLoader {

  private static final int RTLD_LAZY = 1;
  private static final int RTLD_NOLOAD = 4;
  private static final int RTLD_DI_LINKMAP = 2;

  /** The offset in bytes of {@code l_name}, the path, in {@code struct link_map}. */
  private static final long LINK_MAP_PATH = 8;

  /** The encoding of file names, which is also Java's. */
  static final Charset NAMES = Charset.forName(System.getProperty("sun.jnu.encoding"));

  private static @Nullable SystemLoader instance;

  private final MethodHandle open =
      NativeLibrary.ofC("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
  private final MethodHandle error = NativeLibrary.ofC("dlerror", FunctionDescriptor.of(ADDRESS));

  private SystemLoader() {}

  /** The only instance. */
  static synchronized SystemLoader get() {
    if (instance == null) {
      instance = new SystemLoader();
    }
    return instance;
  }

  /** Refuses a library whose file is damaged, on machines whose libraries can be examined. */
  void requireWhole(String library) throws LoadException {
    if (System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64")) {
      failure().requireWhole(library);
    }
  }

  private LoadFailure failure() {
    return new LoadFailure(this, LoaderSearch.ofThisMachine());
  }

  /** Tries to open a library that the JVM could not open, and finds out why that fails. */
  LoadException refusal(String library) {
    // The next call of any of these functions on this thread discards the error, and the JVM may
    // make one when it links a function. Calling dlerror once before links it in time.
    NativeLibrary.invoke(error);
    handle(library, RTLD_LAZY);
    MemorySegment text = (MemorySegment) NativeLibrary.invoke(error);
    String said = text.address() == 0 ? "" : string(text);
    return failure().of(library, said);
  }

  /** Whether a library can be opened; it then stays open. */
  boolean opens(String library) {
    return handle(library, RTLD_LAZY).address() != 0;
  }

  /** The file of the open library that a name leads to; empty if no such library is open. */
  Optional<Path> file(String library) {
    MemorySegment handle = handle(library, RTLD_LAZY | RTLD_NOLOAD);
    if (handle.address() == 0) {
      return Optional.empty();
    }
    MethodHandle info =
        NativeLibrary.ofC("dlinfo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment map = arena.allocate(ADDRESS);
      if ((int) NativeLibrary.invoke(info, handle, RTLD_DI_LINKMAP, map) != 0) {
        throw new IllegalStateException("the loader does not say where " + library + " lies");
      }
      MemorySegment entry = map.get(ADDRESS, 0).reinterpret(LINK_MAP_PATH + ADDRESS.byteSize());
      return Optional.of(Path.of(string(entry.get(ADDRESS, LINK_MAP_PATH))).toAbsolutePath());
    }
  }

  private MemorySegment handle(String library, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return (MemorySegment) NativeLibrary.invoke(open, name(arena, library), mode);
    }
  }

  /** A name in the encoding of file names, with the NUL that ends it. */
  static MemorySegment name(Arena arena, String text) {
    byte[] name = text.getBytes(NAMES);
    MemorySegment terminated = arena.allocate(name.length + 1L);
    MemorySegment.copy(name, 0, terminated, JAVA_BYTE, 0, name.length);
    return terminated;
  }

  private static String string(MemorySegment address) {
    MemorySegment text = address.reinterpret(Integer.MAX_VALUE);
    int length = 0;
    while (text.get(JAVA_BYTE, length) != 0) {
      length++;
    }
    return new String(text.asSlice(0, length).toArray(JAVA_BYTE), NAMES);
  }
}
