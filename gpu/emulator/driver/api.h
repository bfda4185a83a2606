// How a function of the driver API begins and ends.
//
// To add a function: write it in the api_*.cpp of its subject as
//
//   CUDA_API cuFoo(int* value, void* stream) {
//     return in_context([&](Context& context) { ... require(..., ERROR_INVALID_VALUE); ... });
//   }
//
// with the name that libJCudaDriver imports (imports.txt: often with _v2). Its stub disappears by itself: the build
// writes stubs only for the names in imports.txt that no object file defines.
#pragma once

#include <mutex>

#include "context.h"
#include "injection.h"
#include "journal.h"
#include "status.h"

#define CUDA_API extern "C" __attribute__((visibility("default"))) int

namespace emulated {

// One lock for everything: the emulated device is as parallel as one core.
std::recursive_mutex& device_lock();

// Counts a call; loses the device if this is the call to lose it at.
void begin_call();

// A call that needs nothing at all.
template <class Body>
int without_driver(Body body) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  begin_call();
  try {
    body();
    return SUCCESS;
  } catch (const Refused& refused) {
    return refused.status;
  }
}

// A call that needs cuInit.
template <class Body>
int in_driver(Body body) {
  return without_driver([&] {
    require(driver().initialized, ERROR_NOT_INITIALIZED);
    body();
  });
}

// A call that needs a current context whose device has not failed. It returns the failure if the device fails in it.
template <class Body>
int in_context(Body body) {
  return in_driver([&] {
    Context& context = current_context();
    require(context.sticky == SUCCESS, context.sticky);
    body(context);
    require(context.sticky == SUCCESS, context.sticky);
  });
}

}  // namespace emulated
