package dev.lockstep.gpu.emulated;

import java.util.Locale;

/**
 * What the device counts. Those that begin with LIVE are the present number, the others count since
 * the last reset.
 */
public enum Counter {
  /** Calls of the driver and of cuBLAS. */
  API_CALLS,
  /** Allocations of device memory. */
  ALLOCATIONS,
  /** Allocations and registrations of pinned host memory. */
  PINNED_ALLOCATIONS,
  /**
   * Copies asked for, host to device; one that is captured counts when captured, not when its graph
   * runs.
   */
  COPIES_TO_DEVICE,
  /** Copies asked for, device to host. */
  COPIES_TO_HOST,
  /** Copies asked for, device to device. */
  COPIES_ON_DEVICE,
  /** Fills asked for. */
  MEMSETS,
  /** Kernels asked for. */
  KERNEL_LAUNCHES,
  /** Kernels run, those of graphs too. */
  KERNELS_RUN,
  /** Graphs launched. */
  GRAPH_LAUNCHES,
  /** Work put into a stream by cuBLAS. */
  LIBRARY_CALLS,
  /** Of these, with the library's own workspace. */
  LIBRARY_CALLS_WITHOUT_WORKSPACE,
  /**
   * How often the host waited: for a stream, an event, a context, a blocking copy, a release of
   * memory.
   */
  SYNCHRONIZATIONS,
  LIVE_DEVICE_ALLOCATIONS,
  LIVE_DEVICE_BYTES,
  LIVE_PINNED_ALLOCATIONS,
  LIVE_PINNED_BYTES,
  /** A retained primary context counts once. */
  LIVE_CONTEXTS,
  LIVE_STREAMS,
  LIVE_EVENTS,
  LIVE_MODULES,
  LIVE_GRAPHS,
  LIVE_EXECUTABLE_GRAPHS,
  LIVE_CUBLAS_HANDLES;

  /** Its name in {@code driver/journal.h} and {@code driver/observe.cpp}. */
  String nativeName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
