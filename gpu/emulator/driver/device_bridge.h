// What the emulated cuBLAS needs of the emulated driver. Exported by libcuda.so.1 beside the CUDA API.
#pragma once

#include <cstddef>
#include <functional>

namespace emulated {

enum class Workspace { OWN, LIBRARY };

// Begins a cuBLAS call: counts it, and answers the CUresult that a driver call of this thread would get now.
extern "C" int emulated_library_begin();

// Whether the handle is a stream of the current context; 0 is its legacy stream.
extern "C" bool emulated_is_stream(void* stream);

// Puts cuBLAS work into a stream (or the graph it is captured into); answers a CUresult.
extern "C" int emulated_library_call(void* stream, Workspace workspace, const std::function<void()>& work);

extern "C" bool emulated_is_device_memory(const void* address, std::size_t bytes);

extern "C" void emulated_library_fault(const char* text);

// Waits for the whole context, as cublasDestroy does.
extern "C" int emulated_library_wait();

extern "C" void emulated_library_handles(int change);

// Called by emulated_reset(): the library forgets its handles.
extern "C" void emulated_library_on_reset(void (*forget)());

extern "C" int emulated_capability();

// What of fp32 operands becomes of TF32 whatever is asked for: 1 all of them, -1 none, 0 as asked.
extern "C" int emulated_tf32_override();

// Whether products of fp32 operands are put together from nine products of bfloat16.
extern "C" bool emulated_bf16x9();

}  // namespace emulated
