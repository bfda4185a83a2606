package dev.lockstep.gpu.discovery;

import java.util.List;

/**
 * The functions of CUDA's libraries that JCuda's native code calls for this module. The system's
 * loader binds a function at its first call and ends the process if it is missing, so all of them
 * are looked up before JCuda's code is loaded.
 *
 * <p>When the module starts to use another method of JCuda, add the function behind it here. Its
 * name may end in a version that the method's name lacks ({@code nm -D} lists the imports).
 */
final class NeededFunctions {

  /** Functions of {@code libcuda.so.1}; all are older than CUDA 12. */
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

  /** Functions of {@code libcublas.so}, both 12 and 13. */
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
