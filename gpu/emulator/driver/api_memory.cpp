// Allocation, copies, fills.
#include <cstring>
#include <string>

#include "api.h"
#include "machine.h"

using namespace emulated;

namespace {

void require_device_memory(const char* call, Address address, std::size_t bytes) {
  if (bytes == 0 || driver().memory.find_device(address, bytes) != nullptr) return;
  journal().fault(std::string(call) + ": " + std::to_string(bytes) + " bytes from " +
                  driver().memory.describe(address) + " are not all device memory");
  refuse(ERROR_INVALID_VALUE);
}

// Stricter than CUDA, which takes pageable memory too and then may or may not be asynchronous.
void require_pinned_memory(const char* call, const void* host, std::size_t bytes, Stream& stream) {
  if (driver().memory.find_pinned(reinterpret_cast<Address>(host), bytes) != nullptr) return;
  refuse_while_captured(stream);
  journal().fault(std::string(call) + ": the host memory is not pinned");
  refuse(ERROR_INVALID_VALUE);
}

// What a broken device does, for those who are to find it out. Copies to the host and on the device have their wrong bits
// at unequal ends, so that one does not undo the other.
void spoil(void* to, std::size_t bytes, bool to_host) {
  if (machine().wrong_bit == 0 || bytes < machine().wrong_bit) return;
  static_cast<unsigned char*>(to)[to_host ? 0 : bytes - 1] ^= 1;
}

// Copies when the stream gets there, if the memory still exists then.
Operation copy(Context& context, void* to, const void* from, std::size_t bytes) {
  return [&context, to, from, bytes] {
    for (const void* end : {static_cast<const void*>(to), from}) {
      auto address = reinterpret_cast<Address>(end);
      if (driver().memory.find_device(address, bytes) || driver().memory.find_pinned(address, bytes)) continue;
      journal().fault("a copy runs after its memory was released: " + driver().memory.describe(address));
      context.sticky = ERROR_ILLEGAL_ADDRESS;
      return;
    }
    std::memmove(to, from, bytes);
    bool to_host = driver().memory.find_device(reinterpret_cast<Address>(to), bytes) == nullptr;
    bool from_host = driver().memory.find_device(reinterpret_cast<Address>(from), bytes) == nullptr;
    if (!from_host) spoil(to, bytes, to_host);
  };
}

template <class T>
Operation fill(Context& context, Address to, T value, std::size_t count) {
  return [&context, to, value, count] {
    if (driver().memory.find_device(to, count * sizeof(T)) == nullptr) {
      journal().fault("a fill runs after its memory was released: " + driver().memory.describe(to));
      context.sticky = ERROR_ILLEGAL_ADDRESS;
      return;
    }
    for (std::size_t i = 0; i < count; i++) reinterpret_cast<T*>(to)[i] = value;
  };
}

void* pointer(Address address) { return reinterpret_cast<void*>(address); }

// Before a copy that blocks the host: the legacy stream runs, and with it what it waits for.
void run_legacy(Context& context) {
  refuse_legacy_while_capturing(context);
  enqueue(context.legacy, NodeKind::EMPTY, [] {});
  drain(*context.legacy);
  require(context.sticky == SUCCESS, context.sticky);
}

template <class T>
int set(const char* call, Address to, T value, std::size_t count, void* stream) {
  return in_context([&](Context& context) {
    auto target = find_stream(context, stream);
    require_device_memory(call, to, count * sizeof(T));
    require(to % sizeof(T) == 0, ERROR_INVALID_VALUE);
    journal().add(Counter::MEMSETS);
    if (count > 0) enqueue(target, NodeKind::MEMSET, fill(context, to, value, count));
  });
}

int copy_later(const char* call, Address to, Address from, bool to_device, bool from_device, std::size_t bytes,
               void* stream) {
  return in_context([&](Context& context) {
    auto target = find_stream(context, stream);
    if (to_device) require_device_memory(call, to, bytes);
    if (from_device) require_device_memory(call, from, bytes);
    if (!to_device) require_pinned_memory(call, pointer(to), bytes, *target);
    if (!from_device) require_pinned_memory(call, pointer(from), bytes, *target);
    journal().add(!from_device ? Counter::COPIES_TO_DEVICE
                  : to_device  ? Counter::COPIES_ON_DEVICE
                               : Counter::COPIES_TO_HOST);
    if (bytes > 0) enqueue(target, NodeKind::MEMCPY, copy(context, pointer(to), pointer(from), bytes));
  });
}

template <class Allocate>
int allocate(Counter counter, Allocate body) {
  return in_context([&](Context& context) {
    refuse_unsafe_while_capturing(context);
    journal().add(counter);
    require(!injection().allocation.strikes(), ERROR_OUT_OF_MEMORY);
    body(context);
  });
}

// Waits for everything, as cuMemFree and cuMemFreeHost do.
int release(Address address, Space space) {
  return in_context([&](Context& context) {
    if (address == 0) return;
    refuse_unsafe_while_capturing(context);
    drain_all(context);
    note_synchronization();
    require(context.sticky == SUCCESS, context.sticky);
    driver().memory.release(address, space);
  });
}

}  // namespace

CUDA_API cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
  return in_context([&](Context& context) {
    *total = machine().memory;
    *free = machine().memory - driver().memory.used(context);
  });
}

CUDA_API cuMemAlloc_v2(Address* address, std::size_t bytes) {
  return allocate(Counter::ALLOCATIONS, [&](Context& context) {
    *address = driver().memory.allocate(Space::DEVICE, bytes, context);
  });
}

CUDA_API cuMemFree_v2(Address address) { return release(address, Space::DEVICE); }

CUDA_API cuMemHostAlloc(void** host, std::size_t bytes, unsigned) {
  return allocate(Counter::PINNED_ALLOCATIONS, [&](Context& context) {
    *host = pointer(driver().memory.allocate(Space::PINNED, bytes, context));
  });
}

CUDA_API cuMemAllocHost_v2(void** host, std::size_t bytes) { return cuMemHostAlloc(host, bytes, 0); }

CUDA_API cuMemFreeHost(void* host) { return release(reinterpret_cast<Address>(host), Space::PINNED); }

CUDA_API cuMemHostRegister_v2(void* host, std::size_t bytes, unsigned) {
  return allocate(Counter::PINNED_ALLOCATIONS, [&](Context& context) {
    driver().memory.register_host(reinterpret_cast<Address>(host), bytes, context);
  });
}

CUDA_API cuMemHostUnregister(void* host) { return release(reinterpret_cast<Address>(host), Space::REGISTERED); }

CUDA_API cuMemcpyHtoD_v2(Address to, const void* from, std::size_t bytes) {
  return in_context([&](Context& context) {
    require_device_memory("cuMemcpyHtoD", to, bytes);
    run_legacy(context);
    std::memcpy(pointer(to), from, bytes);
    journal().add(Counter::COPIES_TO_DEVICE);
    note_synchronization();
  });
}

CUDA_API cuMemcpyDtoH_v2(void* to, Address from, std::size_t bytes) {
  return in_context([&](Context& context) {
    require_device_memory("cuMemcpyDtoH", from, bytes);
    run_legacy(context);
    std::memcpy(to, pointer(from), bytes);
    spoil(to, bytes, true);
    journal().add(Counter::COPIES_TO_HOST);
    note_synchronization();
  });
}

// Between device addresses the host does not wait.
CUDA_API cuMemcpyDtoD_v2(Address to, Address from, std::size_t bytes) {
  return copy_later("cuMemcpyDtoD", to, from, true, true, bytes, nullptr);
}

CUDA_API cuMemcpyDtoDAsync_v2(Address to, Address from, std::size_t bytes, void* stream) {
  return copy_later("cuMemcpyDtoDAsync", to, from, true, true, bytes, stream);
}

CUDA_API cuMemcpyHtoDAsync_v2(Address to, const void* from, std::size_t bytes, void* stream) {
  return copy_later("cuMemcpyHtoDAsync", to, reinterpret_cast<Address>(from), true, false, bytes, stream);
}

CUDA_API cuMemcpyDtoHAsync_v2(void* to, Address from, std::size_t bytes, void* stream) {
  return copy_later("cuMemcpyDtoHAsync", reinterpret_cast<Address>(to), from, false, true, bytes, stream);
}

CUDA_API cuMemsetD8_v2(Address to, unsigned char value, std::size_t count) {
  return set("cuMemsetD8", to, value, count, nullptr);
}

CUDA_API cuMemsetD8Async(Address to, unsigned char value, std::size_t count, void* stream) {
  return set("cuMemsetD8Async", to, value, count, stream);
}

CUDA_API cuMemsetD16_v2(Address to, unsigned short value, std::size_t count) {
  return set("cuMemsetD16", to, value, count, nullptr);
}

CUDA_API cuMemsetD16Async(Address to, unsigned short value, std::size_t count, void* stream) {
  return set("cuMemsetD16Async", to, value, count, stream);
}

CUDA_API cuMemsetD32_v2(Address to, unsigned value, std::size_t count) {
  return set("cuMemsetD32", to, value, count, nullptr);
}

CUDA_API cuMemsetD32Async(Address to, unsigned value, std::size_t count, void* stream) {
  return set("cuMemsetD32Async", to, value, count, stream);
}
