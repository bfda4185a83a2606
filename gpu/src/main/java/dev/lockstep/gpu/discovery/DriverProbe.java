package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.LoaderSearch;
import dev.lockstep.machine.NativeLibrary;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * The program that calls the NVIDIA driver in a process of its own, which the driver may crash or
 * hold up. It prints a line before each call and after each answer ({@link DriverTranscript} says
 * which), and depends on as little as it can, because it starts with every command.
 *
 * <p>The constants are those of {@code cuda.h}.
 */
public final class DriverProbe {

  /** The driver's library, as programs that use it need it. */
  static final String LIBRARY = "libcuda.so.1";

  /** A function that the emulated device of this project has and NVIDIA's driver lacks. */
  private static final String EMULATED_ONLY = "emulated_report";

  /** What a failure to load kernels is reported under. */
  static final String LOADING = "cuModuleLoadData";

  /** The kernels that are compiled when a device is opened. */
  private static final String KERNELS = "dev/lockstep/gpu/kernel/lockstep.ptx";

  private static final int SUCCESS = 0;
  private static final int ATTRIBUTE_COMPUTE_MODE = 20;
  private static final int ATTRIBUTE_CAPABILITY_MAJOR = 75;
  private static final int ATTRIBUTE_CAPABILITY_MINOR = 76;
  private static final int JIT_ERROR_LOG_BUFFER = 5;
  private static final int JIT_ERROR_LOG_BYTES = 6;
  private static final int TEXT_BYTES = 256;
  private static final int LOG_BYTES = 4096;

  private final NativeLibrary library;
  private final Transcriber out;
  private final Arena arena;

  private DriverProbe(NativeLibrary library, Transcriber out, Arena arena) {
    this.library = library;
    this.out = out;
    this.arena = arena;
  }

  /** Writes lines that are told from what the driver itself may print by their first word. */
  private record Transcriber(PrintStream stream, String mark) {
    void line(DriverTranscript.Key key, Object... fields) {
      stream.println(mark + " " + DriverTranscript.line(key, fields));
    }
  }

  /**
   * Asks the driver.
   *
   * @param arguments the mark of its lines, then nothing or the number of a device to open
   */
  public static void main(String[] arguments) {
    endWithParent();
    ProbeJvm.leaveNoCore();
    PrintStream stream =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
    Transcriber out = new Transcriber(stream, arguments[0]);
    try (Arena arena = Arena.ofConfined()) {
      out.line(DriverTranscript.Key.CALLING, "dlopen");
      NativeLibrary library = NativeLibrary.open(LIBRARY);
      DriverProbe probe = new DriverProbe(library, out, arena);
      if (arguments.length > 1) {
        probe.open(Integer.parseInt(arguments[1]));
      } else {
        probe.look();
      }
    } catch (LoadException e) {
      if (e.kind() != LoadException.Kind.NO_FUNCTION) {
        LoaderSearch.ofThisMachine().files(LIBRARY).stream()
            .findFirst()
            .ifPresent(file -> out.line(DriverTranscript.Key.FILE, file));
      }
      out.line(
          e.kind() == LoadException.Kind.NO_FUNCTION
              ? DriverTranscript.Key.LACKS
              : DriverTranscript.Key.REFUSED,
          e.kind(),
          e.reason());
    } catch (CallFailedException e) {
      out.line(DriverTranscript.Key.STATUS, e.function, e.status);
    }
    out.line(DriverTranscript.Key.END);
    // Threads of the driver, and what it registered for the end of a process, are not waited for.
    Runtime.getRuntime().halt(0);
  }

  /** The parent holds the other end of the input open for as long as it lives. */
  private static void endWithParent() {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is sent.
                }
              } catch (IOException e) {
                // As good as the end.
              }
              Runtime.getRuntime().halt(0);
            });
  }

  private void look() throws LoadException, CallFailedException {
    start();
    int count = number("cuDeviceGetCount");
    out.line(DriverTranscript.Key.COUNT, count);
    if (count > DriverTranscript.MOST_DEVICES) {
      return;
    }
    for (int ordinal = 0; ordinal < count; ordinal++) {
      device(ordinal);
    }
    library.require(NeededFunctions.DRIVER);
  }

  private void start() throws LoadException, CallFailedException {
    out.line(DriverTranscript.Key.FILE, library.file());
    if (library.has(EMULATED_ONLY)) {
      out.line(DriverTranscript.Key.EMULATED);
    }
    MemorySegment version = arena.allocate(JAVA_INT);
    int status = call("cuDriverGetVersion", version);
    if (status == SUCCESS) {
      out.line(DriverTranscript.Key.VERSION, version.get(JAVA_INT, 0));
    }
    // The toolkit's stub gives no version either, and says to cuInit what it is.
    ask("cuInit", 0);
    if (status != SUCCESS) {
      throw new CallFailedException("cuDriverGetVersion", status);
    }
  }

  private void device(int ordinal) throws LoadException, CallFailedException {
    int handle = number("cuDeviceGet", ordinal);
    MemorySegment name = arena.allocate(TEXT_BYTES);
    ask("cuDeviceGetName", name, TEXT_BYTES, handle);
    MemorySegment memory = arena.allocate(JAVA_LONG);
    ask("cuDeviceTotalMem_v2", memory, handle);
    MemorySegment bus = arena.allocate(TEXT_BYTES);
    boolean known =
        library.has("cuDeviceGetPCIBusId")
            && call("cuDeviceGetPCIBusId", bus, TEXT_BYTES, handle) == SUCCESS;
    out.line(
        DriverTranscript.Key.DEVICE,
        ordinal,
        text(name),
        number("cuDeviceGetAttribute", ATTRIBUTE_CAPABILITY_MAJOR, handle),
        number("cuDeviceGetAttribute", ATTRIBUTE_CAPABILITY_MINOR, handle),
        Long.toUnsignedString(memory.get(JAVA_LONG, 0)),
        known ? text(bus) : "");
  }

  /** Makes a context on a device and compiles the kernels there. */
  private void open(int ordinal) throws LoadException, CallFailedException {
    start();
    int handle = number("cuDeviceGet", ordinal);
    out.line(
        DriverTranscript.Key.MODE, number("cuDeviceGetAttribute", ATTRIBUTE_COMPUTE_MODE, handle));
    MemorySegment context = arena.allocate(ADDRESS);
    ask("cuDevicePrimaryCtxRetain", context, handle);
    ask("cuCtxSetCurrent", context.get(ADDRESS, 0));
    MemorySegment log = arena.allocate(LOG_BYTES);
    MemorySegment options = arena.allocateFrom(JAVA_INT, JIT_ERROR_LOG_BUFFER, JIT_ERROR_LOG_BYTES);
    MemorySegment values = arena.allocateFrom(JAVA_LONG, log.address(), LOG_BYTES - 1);
    MemorySegment module = arena.allocate(ADDRESS);
    MemorySegment image = arena.allocateFrom(kernels());
    int status =
        library.has("cuModuleLoadDataEx")
            ? call("cuModuleLoadDataEx", module, image, 2, options, values)
            : call("cuModuleLoadData", module, image);
    if (status != SUCCESS) {
      out.line(DriverTranscript.Key.LOG, text(log));
      throw new CallFailedException(LOADING, status);
    }
    ask("cuDevicePrimaryCtxRelease_v2", handle);
  }

  /** The PTX of the kernels. */
  static String kernels() {
    try (InputStream resource = DriverProbe.class.getClassLoader().getResourceAsStream(KERNELS)) {
      if (resource == null) {
        throw new IllegalStateException("this build has no " + KERNELS);
      }
      return new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text before the first NUL, or all of the buffer if the driver wrote none. */
  private static String text(MemorySegment buffer) {
    byte[] bytes = buffer.toArray(JAVA_BYTE);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** The int that a function writes to the address in its first argument. */
  private int number(String function, Integer... others) throws LoadException, CallFailedException {
    MemorySegment value = arena.allocate(JAVA_INT);
    ask(function, Stream.concat(Stream.of(value), Stream.of(others)).toArray());
    return value.get(JAVA_INT, 0);
  }

  private void ask(String function, Object... arguments) throws LoadException, CallFailedException {
    int status = call(function, arguments);
    if (status != SUCCESS) {
      throw new CallFailedException(function, status);
    }
  }

  private int call(String function, Object... arguments) throws LoadException {
    out.line(DriverTranscript.Key.CALLING, function);
    return library.call(function, arguments);
  }

  private static final class CallFailedException extends Exception {

    private static final long serialVersionUID = 1;

    private final String function;
    private final int status;

    CallFailedException(String function, int status) {
      super(function);
      this.function = function;
      this.status = status;
    }
  }
}
