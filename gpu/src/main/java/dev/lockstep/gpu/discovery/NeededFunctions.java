package dev.lockstep.gpu.discovery;

import java.util.List;

/**
 * What JCuda's native code calls of CUDA's libraries on behalf of this module. The system's loader
 * binds a function when it is first called, and ends the process if there is none: so all are
 * looked for before JCuda's code is loaded.
 *
 * <p>Where the module comes to use another method of JCuda, the function behind it is added here;
 * its name may end in a version that the method's has not ({@code nm -D} shows what is imported).
 */
final class NeededFunctions {

  /** Of {@code libcuda.so.1}; all are older than CUDA 12. */
  static final List<String> DRIVER =
      List.of(
          "cuCtxSetCurrent",
          "cuDeviceGet",
          "cuDeviceGetAttribute",
          "cuDevicePrimaryCtxRelease_v2",
          "cuDevicePrimaryCtxRetain",
          "cuEventCreate",
          "cuEventDestroy_v2",
          "cuEventElapsedTime",
          "cuEventRecord",
          "cuEventSynchronize",
          "cuGraphDestroy",
          "cuGraphExecDestroy",
          "cuGraphInstantiateWithFlags",
          "cuGraphLaunch",
          "cuInit",
          "cuLaunchKernel",
          "cuMemAlloc_v2",
          "cuMemFreeHost",
          "cuMemFree_v2",
          "cuMemGetInfo_v2",
          "cuMemHostAlloc",
          "cuMemcpyDtoDAsync_v2",
          "cuMemcpyDtoHAsync_v2",
          "cuMemcpyDtoH_v2",
          "cuMemcpyHtoDAsync_v2",
          "cuMemcpyHtoD_v2",
          "cuMemsetD8Async",
          "cuModuleGetFunction",
          "cuModuleLoadData",
          "cuModuleUnload",
          "cuStreamBeginCapture_v2",
          "cuStreamCreate",
          "cuStreamDestroy_v2",
          "cuStreamEndCapture",
          "cuStreamSynchronize");

  /** Of {@code libcublas.so}, of 12 and 13 alike. */
  static final List<String> CUBLAS =
      List.of(
          "cublasCreate_v2",
          "cublasDestroy_v2",
          "cublasGemmEx",
          "cublasSetAtomicsMode",
          "cublasSetMathMode",
          "cublasSetPointerMode_v2",
          "cublasSetStream_v2",
          "cublasSetWorkspace_v2");

  private NeededFunctions() {}
}
