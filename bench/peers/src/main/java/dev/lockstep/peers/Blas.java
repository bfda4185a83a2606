package dev.lockstep.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unsupported;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.cpu.NativeProducts;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import dev.lockstep.program.ProductForm;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The binary32 product of a BLAS with the C interface. The number of threads is global to the
 * process; it is set anew whenever products use a different number. Not thread-safe.
 */
abstract class Blas {
  // Constants of cblas.h, the same in every BLAS.
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;

  private final String name;
  private final MethodHandle setThreads;
  private final MethodHandle getThreads;
  private final MethodHandle sgemm;
  private int threadsNow;

  /**
   * Binds the library's functions.
   *
   * @param setThreads the function that sets the number of threads, including the caller's
   * @param getThreads the function that returns this number
   */
  Blas(String name, NativeLibrary library, String setThreads, String getThreads)
      throws LoadException {
    this.name = name;
    this.setThreads = library.function(setThreads, FunctionDescriptor.ofVoid(JAVA_INT));
    this.getThreads = library.function(getThreads, FunctionDescriptor.of(JAVA_INT));
    sgemm =
        library.function(
            "cblas_sgemm",
            FunctionDescriptor.ofVoid(
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_INT,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_INT));
  }

  /** The number of threads in use. */
  final int threads() {
    return (int) NativeLibrary.invoke(getThreads);
  }

  /** The library's version and the kernels it chose for this processor. */
  abstract String version();

  /**
   * Products on a number of threads.
   *
   * @throws UnavailableException if the library does not use this number
   */
  final NativeProducts products(int threads) {
    require(threads);
    return (form, m, n, k, a, b, c) -> {
      if (threads != threadsNow) {
        require(threads);
      }
      multiply(form, m, n, k, a, b, c);
    };
  }

  private void require(int threads) {
    NativeLibrary.invoke(setThreads, threads);
    if (threads() != threads) {
      String sentence = name + " was asked for " + threads + " threads and uses " + threads();
      throw new UnavailableException(new Unsupported(new Reason(Cause.PLATFORM, sentence)));
    }
    threadsNow = threads;
  }

  /** Overwrites C (m x n, row-major) with the product of the form; k is the inner dimension. */
  final void multiply(
      ProductForm form, int m, int n, int k, MemorySegment a, MemorySegment b, MemorySegment c) {
    boolean aTransposed = form == ProductForm.ATB;
    boolean bTransposed = form == ProductForm.ABT;
    try {
      sgemm.invokeExact(
          ROW_MAJOR,
          aTransposed ? TRANSPOSE : NO_TRANSPOSE,
          bTransposed ? TRANSPOSE : NO_TRANSPOSE,
          m,
          n,
          k,
          1f,
          a,
          aTransposed ? m : k,
          b,
          bTransposed ? k : n,
          0f,
          c,
          n);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
