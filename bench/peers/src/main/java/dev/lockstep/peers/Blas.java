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
import java.util.Locale;

/**
 * The binary32 product of a BLAS with the C interface. The number of its threads is one for the
 * whole process; it is set again whenever products with another number come.
 *
 * <p>Not for several threads at a time.
 */
abstract class Blas {
  // Of cblas.h, the same in every BLAS.
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;

  private final String name;
  private final MethodHandle sgemm;
  private int threadsNow;

  Blas(String name, NativeLibrary library) throws LoadException {
    this.name = name;
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

  /** Asks it to use so many threads, the caller's included. */
  abstract void setThreads(int threads);

  /** How many it would use now. */
  abstract int threads();

  /** Its version and the kernels it has chosen. */
  abstract String version();

  /**
   * Its products on so many threads.
   *
   * @throws UnavailableException if it does not use as many
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
    setThreads(threads);
    if (threads() != threads) {
      throw new UnavailableException(
          new Unsupported(
              new Reason(
                  Cause.PLATFORM,
                  String.format(
                      Locale.ROOT,
                      "%s was asked for %d threads and uses %d",
                      name,
                      threads,
                      threads()))));
    }
    threadsNow = threads;
  }

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
