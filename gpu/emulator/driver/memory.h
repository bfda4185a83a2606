// Device memory and pinned host memory: poisoned with NaN, fenced, never at the same address twice.
//
// Layout of an allocation of n bytes: an inaccessible page, canaries, the n bytes (aligned to 256), canaries to the end
// of the page, an inaccessible page. So a write outside is seen at the next check of the canaries, an access beyond the
// page traps at once, and so does any use after the free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace emulated {

using Address = unsigned long long;  // CUdeviceptr

struct Context;

enum class Space { DEVICE, PINNED, REGISTERED };  // REGISTERED: the caller's own memory, pinned by cuMemHostRegister

struct Allocation {
  Space space;
  std::size_t bytes;
  Context* context;
  long long number;  // the n-th allocation of the process
  char* fenced;      // start and size of its accessible pages; null if REGISTERED
  std::size_t fenced_bytes;
};

class Memory {
 public:
  // Refuses with OUT_OF_MEMORY beyond the context's device.
  Address allocate(Space space, std::size_t bytes, Context& context);
  void register_host(Address address, std::size_t bytes, Context& context);

  // Refuses what is not the start of a live allocation of that space. Reports damaged canaries.
  void release(Address address, Space space);
  void release_all(Context& context);

  // The live allocation of device or pinned memory that holds all of these bytes, or null.
  const Allocation* find_device(Address address, std::size_t bytes) const;
  const Allocation* find_pinned(Address address, std::size_t bytes) const;

  // "32 bytes behind allocation 5 (4000 bytes of device memory)"
  std::string describe(Address address) const;

  // Reports every damaged canary once.
  void check_canaries();

  std::size_t used(const Context& context) const;
  long long count(Space space) const;
  long long bytes(Space space) const;
  const std::map<Address, Allocation>& all() const { return live_; }

 private:
  const Allocation* find(Address address, std::size_t bytes) const;
  void check(Address address, Allocation& allocation);

  std::map<Address, Allocation> live_;
  std::map<Address, Allocation> freed_;
  long long allocated_ = 0;
};

// "allocation 5 (4000 bytes of device memory)"
std::string text_of(const Allocation& allocation);

}  // namespace emulated
