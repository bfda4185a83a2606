#include "handle.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "../driver/device_bridge.h"

namespace emulated {

namespace {

std::mutex table_lock;
std::map<void*, std::unique_ptr<Handle>> handles;
char* next_handle = reinterpret_cast<char*>(0x2000000);  // never given out twice

void forget_all() {
  std::lock_guard<std::mutex> lock(table_lock);
  emulated_library_handles(-static_cast<int>(handles.size()));
  handles.clear();
}

Handle* find(void* handle) {
  std::lock_guard<std::mutex> lock(table_lock);
  auto found = handles.find(handle);
  return found == handles.end() ? nullptr : found->second.get();
}

}  // namespace

void* create_handle() {
  std::lock_guard<std::mutex> lock(table_lock);
  static bool registered = (emulated_library_on_reset(forget_all), true);
  (void)registered;
  void* handle = next_handle += 16;
  handles[handle] = std::make_unique<Handle>();
  emulated_library_handles(1);
  return handle;
}

void destroy_handle(void* handle) {
  std::lock_guard<std::mutex> lock(table_lock);
  if (handles.erase(handle) > 0) emulated_library_handles(-1);
}

int with_handle(void* handle, const std::function<void(Handle&)>& body) {
  Handle* found = find(handle);
  if (found == nullptr) return NOT_INITIALIZED;
  if (emulated_library_begin() != 0) return EXECUTION_FAILED;
  try {
    body(*found);
    return BLAS_SUCCESS;
  } catch (const BlasRefused& refused) {
    return refused.status;
  }
}

void enqueue_blas(Handle& handle, const std::function<void()>& work) {
  Workspace workspace = handle.workspace == nullptr ? Workspace::LIBRARY : Workspace::OWN;
  require_blas(emulated_library_call(handle.stream, workspace, work) == 0, EXECUTION_FAILED);
}

void require_device_range(const char* function, const char* argument, const void* start, std::size_t bytes) {
  if (bytes == 0 || emulated_is_device_memory(start, bytes)) return;
  emulated_library_fault((std::string(function) + ": " + argument + " has not " + std::to_string(bytes) +
                          " bytes of device memory behind it").c_str());
  throw BlasRefused{EXECUTION_FAILED};
}

}  // namespace emulated
