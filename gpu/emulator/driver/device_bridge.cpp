#include "device_bridge.h"

#include "api.h"
#include "machine.h"

#define BRIDGE __attribute__((visibility("default")))

namespace emulated {

extern "C" {

BRIDGE int emulated_library_begin() {
  return in_context([](Context&) {});
}

BRIDGE bool emulated_is_stream(void* stream) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  try {
    find_stream(current_context(), stream);
    return true;
  } catch (const Refused&) {
    return false;
  }
}

BRIDGE int emulated_library_call(void* stream, Workspace workspace, const std::function<void()>& work) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  try {
    auto target = find_stream(current_context(), stream);
    journal().add(Counter::LIBRARY_CALLS);
    if (workspace == Workspace::LIBRARY) journal().add(Counter::LIBRARY_CALLS_WITHOUT_WORKSPACE);
    require(!injection().launch.strikes(), ERROR_LAUNCH_OUT_OF_RESOURCES);
    enqueue(target, NodeKind::KERNEL, work);
    return SUCCESS;
  } catch (const Refused& refused) {
    return refused.status;
  }
}

BRIDGE bool emulated_is_device_memory(const void* address, std::size_t bytes) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  return driver().memory.find_device(reinterpret_cast<Address>(address), bytes) != nullptr;
}

BRIDGE void emulated_library_fault(const char* text) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  journal().fault(text);
}

BRIDGE int emulated_library_wait() {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  try {
    Context& context = current_context();
    refuse_while_capturing(context);
    drain_all(context);
    note_synchronization();
    return context.sticky;
  } catch (const Refused& refused) {
    return refused.status;
  }
}

BRIDGE void emulated_library_handles(int change) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  journal().add(Counter::LIVE_CUBLAS_HANDLES, change);
}

BRIDGE int emulated_capability() { return machine().capability; }

BRIDGE int emulated_tf32_override() {
  return machine().tf32 == Tf32::ALWAYS ? 1 : machine().tf32 == Tf32::NEVER ? -1 : 0;
}

BRIDGE bool emulated_bf16x9() { return machine().bf16x9; }

}  // extern "C"

}  // namespace emulated
