package dev.lockstep.gpu.discovery;

import java.util.Map;

/**
 * The names of those statuses of the driver that tell of the machine, as {@code cuda.h} has them.
 * JCuda has all of them, but may not be touched before its native code is loaded.
 */
final class CudaStatus {

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "CUDA_ERROR_INVALID_VALUE"),
          Map.entry(2, "CUDA_ERROR_OUT_OF_MEMORY"),
          Map.entry(3, "CUDA_ERROR_NOT_INITIALIZED"),
          Map.entry(34, "CUDA_ERROR_STUB_LIBRARY"),
          Map.entry(46, "CUDA_ERROR_DEVICE_UNAVAILABLE"),
          Map.entry(100, "CUDA_ERROR_NO_DEVICE"),
          Map.entry(101, "CUDA_ERROR_INVALID_DEVICE"),
          Map.entry(102, "CUDA_ERROR_DEVICE_NOT_LICENSED"),
          Map.entry(200, "CUDA_ERROR_INVALID_IMAGE"),
          Map.entry(201, "CUDA_ERROR_INVALID_CONTEXT"),
          Map.entry(209, "CUDA_ERROR_NO_BINARY_FOR_GPU"),
          Map.entry(214, "CUDA_ERROR_ECC_UNCORRECTABLE"),
          Map.entry(218, "CUDA_ERROR_INVALID_PTX"),
          Map.entry(221, "CUDA_ERROR_JIT_COMPILER_NOT_FOUND"),
          Map.entry(222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"),
          Map.entry(304, "CUDA_ERROR_OPERATING_SYSTEM"),
          Map.entry(500, "CUDA_ERROR_NOT_FOUND"),
          Map.entry(700, "CUDA_ERROR_ILLEGAL_ADDRESS"),
          Map.entry(719, "CUDA_ERROR_LAUNCH_FAILED"),
          Map.entry(800, "CUDA_ERROR_NOT_PERMITTED"),
          Map.entry(801, "CUDA_ERROR_NOT_SUPPORTED"),
          Map.entry(802, "CUDA_ERROR_SYSTEM_NOT_READY"),
          Map.entry(803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
          Map.entry(804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"),
          Map.entry(805, "CUDA_ERROR_MPS_CONNECTION_FAILED"),
          Map.entry(806, "CUDA_ERROR_MPS_RPC_FAILURE"),
          Map.entry(807, "CUDA_ERROR_MPS_SERVER_NOT_READY"),
          Map.entry(808, "CUDA_ERROR_MPS_MAX_CLIENTS_REACHED"),
          Map.entry(809, "CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED"),
          Map.entry(810, "CUDA_ERROR_MPS_CLIENT_TERMINATED"),
          Map.entry(999, "CUDA_ERROR_UNKNOWN"));

  private CudaStatus() {}

  /** The number and, if it is one of these, the name. */
  static String described(int status) {
    String name = NAMES.get(status);
    return name == null ? "error " + status : "error " + status + " (" + name + ")";
  }

  /** The names by number. */
  static Map<Integer, String> names() {
    return NAMES;
  }

  /**
   * Whether a status of a context or of a module says that this program has done something wrong,
   * or that its earlier work has failed; all others tell of the machine.
   */
  static boolean isOfProgram(int status) {
    return status == 1
        || status == 200
        || status == 201
        || status >= 400 && status < 800
        || status >= 900 && status < 999;
  }
}
