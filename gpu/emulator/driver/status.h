// CUresult: the codes that the emulated driver returns. The numbers are those of cuda.h; a test holds them against
// JCuda's.
#pragma once

#include <stdexcept>

namespace emulated {

#define EMULATED_STATUSES(X)                                                                                         \
  X(SUCCESS, 0, "no error")                                                                                          \
  X(ERROR_INVALID_VALUE, 1, "invalid argument")                                                                      \
  X(ERROR_OUT_OF_MEMORY, 2, "out of memory")                                                                         \
  X(ERROR_NOT_INITIALIZED, 3, "initialization error")                                                                \
  X(ERROR_DEVICE_UNAVAILABLE, 46, "CUDA-capable device(s) is/are busy or unavailable")                               \
  X(ERROR_NO_DEVICE, 100, "no CUDA-capable device is detected")                                                      \
  X(ERROR_INVALID_DEVICE, 101, "invalid device ordinal")                                                             \
  X(ERROR_INVALID_IMAGE, 200, "device kernel image is invalid")                                                      \
  X(ERROR_INVALID_CONTEXT, 201, "invalid device context")                                                            \
  X(ERROR_NO_BINARY_FOR_GPU, 209, "no kernel image is available for execution on the device")                        \
  X(ERROR_INVALID_PTX, 218, "a PTX JIT compilation failed")                                                          \
  X(ERROR_UNSUPPORTED_PTX_VERSION, 222, "the provided PTX was compiled with an unsupported toolchain.")              \
  X(ERROR_INVALID_HANDLE, 400, "invalid resource handle")                                                            \
  X(ERROR_NOT_FOUND, 500, "named symbol not found")                                                                  \
  X(ERROR_NOT_READY, 600, "device not ready")                                                                        \
  X(ERROR_ILLEGAL_ADDRESS, 700, "an illegal memory access was encountered")                                          \
  X(ERROR_LAUNCH_OUT_OF_RESOURCES, 701, "too many resources requested for launch")                                   \
  X(ERROR_CONTEXT_IS_DESTROYED, 709, "context is destroyed")                                                         \
  X(ERROR_HOST_MEMORY_ALREADY_REGISTERED, 712, "part or all of the requested memory range is already mapped")        \
  X(ERROR_HOST_MEMORY_NOT_REGISTERED, 713, "pointer does not correspond to a registered memory region")              \
  X(ERROR_LAUNCH_FAILED, 719, "unspecified launch failure")                                                          \
  X(ERROR_NOT_SUPPORTED, 801, "operation not supported")                                                             \
  X(ERROR_STREAM_CAPTURE_UNSUPPORTED, 900, "operation not permitted when stream is capturing")                       \
  X(ERROR_STREAM_CAPTURE_INVALIDATED, 901, "operation failed due to a previous error during capture")                \
  X(ERROR_STREAM_CAPTURE_MERGE, 902, "operation would result in a merge of separate capture sequences")              \
  X(ERROR_STREAM_CAPTURE_UNMATCHED, 903, "capture was not ended in the same stream as it began")                     \
  X(ERROR_STREAM_CAPTURE_UNJOINED, 904, "capturing stream has unjoined work")                                        \
  X(ERROR_STREAM_CAPTURE_ISOLATION, 905, "dependency created on uncaptured work in another stream")                  \
  X(ERROR_STREAM_CAPTURE_IMPLICIT, 906, "operation would make the legacy stream depend on a capturing stream")       \
  X(ERROR_CAPTURED_EVENT, 907, "operation not permitted on an event last recorded in a capturing stream")            \
  X(ERROR_STREAM_CAPTURE_WRONG_THREAD, 908, "attempt to terminate a thread-local capture sequence from another thread")

enum Status : int {
#define EMULATED_CODE(name, code, text) name = code,
  EMULATED_STATUSES(EMULATED_CODE)
#undef EMULATED_CODE
};

// "CUDA_ERROR_INVALID_VALUE", "invalid argument"; null for a code that is not in the list.
const char* name_of(Status status);
const char* text_of(Status status);

// Thrown inside the driver, caught where an API function begins (api.h), which returns the status.
struct Refused {
  Status status;
};

[[noreturn]] inline void refuse(Status status) { throw Refused{status}; }

inline void require(bool condition, Status otherwise) {
  if (!condition) refuse(otherwise);
}

}  // namespace emulated
