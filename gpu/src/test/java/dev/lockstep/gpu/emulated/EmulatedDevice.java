package dev.lockstep.gpu.emulated;

import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.gpu.discovery.CudaNatives;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The emulated CUDA device of this process. {@link #load} it before the first class of JCuda is
 * touched.
 *
 * <p>The build compiles it into the folder named by the system property {@value #FOLDER} ({@code
 * emulator/build.sh} says how); where that is not possible, {@link #whyUnavailable} says why, and
 * its tests are skipped with that sentence.
 *
 * <p>To add a question to the device: export it in {@code driver/observe.cpp}, bind it here.
 */
@SuppressWarnings("restricted") // the whole class is calls into the device's library
public final class EmulatedDevice {

  /**
   * System property: the folder that holds the libraries, or a file that says why there are none.
   */
  public static final String FOLDER = "lockstep.emulated.folder";

  private static final String DRIVER = "libcuda.so.1";
  private static final String REASON = "unavailable.txt";

  private static @Nullable EmulatedDevice loaded;

  /** Which cuBLAS the machine has. */
  public enum Cublas {
    /** libcublas.so.12, which JCuda 12 asks for. */
    VERSION_12("cuda12/libcublas.so.12"),
    /** libcublas.so.13 only: a machine with CUDA 13. */
    VERSION_13("cuda13/libcublas.so.13");

    private final String file;

    Cublas(String file) {
      this.file = file;
    }
  }

  /**
   * A property of the machine that is presented; the environment variable of that name sets it from
   * the start.
   */
  public enum Property {
    /** Compute capability, "9.0" unless set. */
    EMULATED_CUDA_CAPABILITY,
    /** The CUDA version of the driver, "12.6" unless set. */
    EMULATED_CUDA_DRIVER,
    /** Memory of each device in MiB, "2048" unless set. */
    EMULATED_CUDA_MEMORY,
    /** Number of devices, "0" to "2"; "1" unless set. */
    EMULATED_CUDA_DEVICES,
    /** Number of multiprocessors of each device, "1" to "1024"; "4" unless set. */
    EMULATED_CUDA_MULTIPROCESSORS,
    /**
     * Seed of the order of blocks, threads, independent streams and graph nodes; "1" unless set.
     */
    EMULATED_CUDA_SEED,
    /**
     * Whether cuBLAS rounds binary32 operands to TF32: "as-asked" unless set, "always", "never".
     */
    EMULATED_CUBLAS_TF32,
    /** Whether cuBLAS puts binary32 products together from nine of bfloat16: "0" unless set. */
    EMULATED_CUBLAS_BF16X9,
    /**
     * Copies to the host or on the device of at least so many bytes get one bit wrong; "0", none,
     * unless set.
     */
    EMULATED_CUDA_WRONG_BIT
  }

  private final MethodHandle count;
  private final MethodHandle firstFault;
  private final MethodHandle forgetFaults;
  private final MethodHandle report;
  private final MethodHandle present;
  private final MethodHandle reset;
  private final MethodHandle failAllocation;
  private final MethodHandle failLaunch;
  private final MethodHandle loseDevice;
  private final MethodHandle runOnlyBlock;

  private EmulatedDevice(NativeLibrary library) throws LoadException {
    count = bind(library, "count", ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
    firstFault = bind(library, "first_fault", ValueLayout.ADDRESS);
    forgetFaults = bind(library, "forget_faults", null);
    report = bind(library, "report", ValueLayout.ADDRESS);
    present =
        bind(library, "present", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    reset = bind(library, "reset", null);
    failAllocation = bind(library, "fail_allocation", null, ValueLayout.JAVA_LONG);
    failLaunch = bind(library, "fail_launch", null, ValueLayout.JAVA_LONG);
    loseDevice = bind(library, "lose_device", null, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
    runOnlyBlock = bind(library, "run_only_block", null, ValueLayout.JAVA_LONG);
  }

  /** Why there is no emulated device here, as one sentence; empty if there is one. */
  public static Optional<String> whyUnavailable() {
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      return Optional.of("the system property " + FOLDER + " is not set");
    }
    Path reason = Path.of(folder, REASON);
    try {
      if (Files.exists(reason)) {
        return Optional.of(
            "the emulated CUDA device is not built: " + Files.readString(reason).strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path driver = Path.of(folder, DRIVER);
    return Files.exists(driver) ? Optional.empty() : Optional.of("there is no " + driver);
  }

  /**
   * Loads the driver and cuBLAS 12 into this process, once, the way a real device's are found: the
   * environment of the process must lead to them.
   *
   * @throws IllegalStateException if {@link #whyUnavailable} says why
   */
  public static synchronized EmulatedDevice load() {
    EmulatedDevice device = loaded;
    if (device == null) {
      Path driver = library(DRIVER);
      CudaNatives.loadCublas(CudaMachine.look());
      try {
        device = new EmulatedDevice(NativeLibrary.open(driver.toString()));
      } catch (LoadException e) {
        throw new IllegalStateException(e);
      }
      loaded = device;
    }
    return device;
  }

  /**
   * The folder of the libraries, for a process that is to find them by itself.
   *
   * @throws IllegalStateException if {@link #whyUnavailable} says why
   */
  public static Path folder() {
    whyUnavailable()
        .ifPresent(
            reason -> {
              throw new IllegalStateException(reason);
            });
    return Path.of(System.getProperty(FOLDER)).toAbsolutePath();
  }

  /** The path of one cuBLAS; loading it is up to the caller. */
  public static Path cublas(Cublas version) {
    return library(version.file);
  }

  private static Path library(String file) {
    return folder().resolve(file);
  }

  /** The present value of a counter. */
  public long count(Counter counter) {
    try (Arena arena = Arena.ofConfined()) {
      long value = (long) count.invokeExact(arena.allocateFrom(counter.nativeName()));
      if (value < 0) {
        throw new IllegalStateException(
            "the emulated device has no counter " + counter.nativeName());
      }
      return value;
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** The first thing that a program did wrong since the last reset, as a sentence. */
  public Optional<String> firstFault() {
    try {
      MemorySegment text = (MemorySegment) firstFault.invokeExact();
      return text.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(text(text));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** Every fault, and everything that is not released, one a line; empty if all is well. */
  public List<String> report() {
    try {
      return text((MemorySegment) report.invokeExact()).lines().toList();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** Forgets the faults: for a test that provoked them. What is not released stays so. */
  public void forgetFaults() {
    NativeLibrary.invoke(forgetFaults);
  }

  /** Fails if the {@link #report} has a line. */
  public void verify() {
    List<String> lines = report();
    if (!lines.isEmpty()) {
      throw new AssertionError(
          "the emulated CUDA device reports:\n  " + String.join("\n  ", lines));
    }
  }

  /**
   * Presents another machine. Before {@code cuInit}; {@link #reset} goes back to the environment's.
   *
   * @throws IllegalArgumentException if the property cannot have that value
   */
  public void present(Property property, String value) {
    try (Arena arena = Arena.ofConfined()) {
      int accepted =
          (int) present.invokeExact(arena.allocateFrom(property.name()), arena.allocateFrom(value));
      if (accepted == 0) {
        throw new IllegalArgumentException(property + " cannot be " + value);
      }
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /**
   * A fresh machine, as the environment has it: nothing initialised, live, counted, ordered to fail
   * or at fault.
   */
  public void reset() {
    NativeLibrary.invoke(reset);
  }

  /**
   * The n-th allocation of memory from now on (1 is the next) answers CUDA_ERROR_OUT_OF_MEMORY; 0
   * takes it back.
   */
  public void failAllocation(long n) {
    NativeLibrary.invoke(failAllocation, n);
  }

  /**
   * The n-th launch of a kernel, a graph or cuBLAS work from now on (1 is the next) answers
   * CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, in cuBLAS CUBLAS_STATUS_EXECUTION_FAILED; 0 takes it back.
   */
  public void failLaunch(long n) {
    NativeLibrary.invoke(failLaunch, n);
  }

  /**
   * From the n-th call on (1 is the next), every call that needs a context answers the status. A
   * new context helps, unless it is CUDA_ERROR_DEVICE_UNAVAILABLE.
   */
  public void loseDevice(long n, int status) {
    try {
      loseDevice.invokeExact(n, status);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /**
   * From now on launches run only one block of their grid, x fastest; -1 runs all again. For the
   * far end of tensors larger than {@code 2^31} elements: an allocation of more than a GiB is not
   * poisoned, so that nothing stands behind it but what is written.
   */
  public void runOnlyBlock(long number) {
    NativeLibrary.invoke(runOnlyBlock, number);
  }

  private static MethodHandle bind(
      NativeLibrary library, String name, @Nullable MemoryLayout result, MemoryLayout... arguments)
      throws LoadException {
    FunctionDescriptor type =
        result == null
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(result, arguments);
    return library.function("emulated_" + name, type);
  }

  private static String text(MemorySegment address) {
    return address.reinterpret(Long.MAX_VALUE).getString(0);
  }
}
