#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

#include "context.h"
#include "journal.h"
#include "machine.h"
#include "status.h"

namespace emulated {

namespace {

constexpr std::size_t PAGE = 4096;
constexpr std::size_t ALIGNMENT = 256;  // what cuMemAlloc promises
constexpr unsigned char POISON = 0xff;  // a NaN as float, -1 as integer
constexpr unsigned char CANARY = 0xa5;
constexpr std::size_t LARGEST_POISONED = std::size_t{1} << 30;  // more is zeros that nothing stands behind until written
constexpr std::size_t COPIED_FROM = std::size_t{8} << 20;
constexpr std::size_t HUGE_PAGES_FROM = std::size_t{64} << 20;
constexpr std::size_t RESERVED = std::size_t{4} << 40;  // addresses only: nothing stands behind them

std::size_t round_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

// Takes fresh addresses: an inaccessible page stays on either side.
char* take_pages(std::size_t bytes) {
  static char* next = static_cast<char*>(
      mmap(nullptr, RESERVED, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  static char* const end = next + RESERVED;
  if (next == MAP_FAILED || bytes + 2 * PAGE > static_cast<std::size_t>(end - next)) refuse(ERROR_OUT_OF_MEMORY);
  char* pages = next + PAGE;
  if (mprotect(pages, bytes, PROT_READ | PROT_WRITE) != 0) refuse(ERROR_OUT_OF_MEMORY);
  if (bytes >= HUGE_PAGES_FROM && bytes <= LARGEST_POISONED) madvise(pages, bytes, MADV_HUGEPAGE);  // no more than advice: poison is written faster
  next = pages + bytes;
  return pages;
}

// A file that holds nothing but poison, or -1 if this machine makes none.
int poisoned_file() {
  static const int file = [] {
    int made = memfd_create("poison", MFD_CLOEXEC);
    if (made < 0) return -1;
    const std::string poison(COPIED_FROM, static_cast<char>(POISON));
    for (std::size_t done = 0; done < poison.size();) {
      ssize_t written = write(made, poison.data() + done, poison.size() - done);
      if (written <= 0) return -1;
      done += written;
    }
    return made;
  }();
  return file;
}

// Writes poison, or lays private copies of a file of it over the whole pages: a large allocation is often used in part,
// as cuBLAS's workspace is, and then a page that nobody touches takes no time. One that is written takes more.
void poison(char* start, char* end) {
  if (static_cast<std::size_t>(end - start) >= COPIED_FROM && static_cast<std::size_t>(end - start) < HUGE_PAGES_FROM &&
      poisoned_file() >= 0) {
    char* first = start + (PAGE - reinterpret_cast<std::uintptr_t>(start) % PAGE) % PAGE;
    char* last = end - reinterpret_cast<std::uintptr_t>(end) % PAGE;
    for (char* at = first; at < last; at += COPIED_FROM) {
      if (mmap(at, std::min<std::size_t>(COPIED_FROM, last - at), PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED, poisoned_file(), 0) == MAP_FAILED) {
        refuse(ERROR_OUT_OF_MEMORY);
      }
    }
    std::memset(start, POISON, first - start);
    start = last;
  }
  std::memset(start, POISON, end - start);
}

// Gives the memory back but keeps the addresses, inaccessible.
void give_up_pages(char* pages, std::size_t bytes) {
  mmap(pages, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

// The first byte of [from, to) that is no canary, or null. Either side of an allocation is shorter than a page.
char* first_damage(char* from, char* to) {
  static const std::array<unsigned char, PAGE> canaries = [] {
    std::array<unsigned char, PAGE> all;
    all.fill(CANARY);
    return all;
  }();
  // Every side of every allocation is checked after every call: by whole words, as memcmp does.
  if (std::memcmp(from, canaries.data(), to - from) == 0) return nullptr;
  return std::find_if(from, to, [](char byte) { return static_cast<unsigned char>(byte) != CANARY; });
}

const char* name_of(Space space) {
  return space == Space::DEVICE ? "device" : space == Space::PINNED ? "pinned" : "registered";
}

}  // namespace

std::string text_of(const Allocation& allocation) {
  return "allocation " + std::to_string(allocation.number) + " (" + std::to_string(allocation.bytes) + " bytes of " +
         name_of(allocation.space) + " memory)";
}

Address Memory::allocate(Space space, std::size_t bytes, Context& context) {
  require(bytes > 0, ERROR_INVALID_VALUE);
  std::size_t rounded = round_up(bytes, ALIGNMENT);
  if (space == Space::DEVICE) {
    require(rounded <= machine().memory && used(context) + rounded <= machine().memory, ERROR_OUT_OF_MEMORY);
  }
  std::size_t fenced_bytes = round_up(rounded, PAGE);
  char* fenced = take_pages(fenced_bytes);
  char* start = fenced + fenced_bytes - rounded;
  std::memset(fenced, CANARY, start - fenced);
  std::memset(start + bytes, CANARY, rounded - bytes);
  if (bytes <= LARGEST_POISONED) poison(start, start + bytes);
  Address address = reinterpret_cast<Address>(start);
  live_[address] = {space, bytes, &context, ++allocated_, fenced, fenced_bytes};
  return address;
}

void Memory::register_host(Address address, std::size_t bytes, Context& context) {
  require(address != 0 && bytes > 0, ERROR_INVALID_VALUE);
  require(find(address, 1) == nullptr && find(address + bytes - 1, 1) == nullptr,
          ERROR_HOST_MEMORY_ALREADY_REGISTERED);
  live_[address] = {Space::REGISTERED, bytes, &context, ++allocated_, nullptr, 0};
}

void Memory::release(Address address, Space space) {
  auto found = live_.find(address);
  if (found == live_.end() || found->second.space != space) {
    journal().fault("free of " + std::to_string(address) + ", which is no start of " + name_of(space) + " memory: " +
                    describe(address));
    refuse(space == Space::REGISTERED ? ERROR_HOST_MEMORY_NOT_REGISTERED : ERROR_INVALID_VALUE);
  }
  check(address, found->second);
  if (found->second.fenced != nullptr) {
    give_up_pages(found->second.fenced, found->second.fenced_bytes);
    freed_.insert(*found);
  }
  live_.erase(found);
}

void Memory::release_all(Context& context) {
  for (auto i = live_.begin(); i != live_.end();) {
    auto next = std::next(i);
    if (i->second.context == &context) release(i->first, i->second.space);
    i = next;
  }
}

const Allocation* Memory::find(Address address, std::size_t bytes) const {
  auto after = live_.upper_bound(address);
  if (after == live_.begin()) return nullptr;
  auto& [start, allocation] = *std::prev(after);
  std::size_t offset = address - start;
  return offset < allocation.bytes && bytes <= allocation.bytes - offset ? &allocation : nullptr;
}

const Allocation* Memory::find_device(Address address, std::size_t bytes) const {
  const Allocation* found = find(address, bytes);
  return found != nullptr && found->space == Space::DEVICE ? found : nullptr;
}

const Allocation* Memory::find_pinned(Address address, std::size_t bytes) const {
  const Allocation* found = find(address, bytes);
  return found != nullptr && found->space != Space::DEVICE ? found : nullptr;
}

std::string Memory::describe(Address address) const {
  for (bool freed : {false, true}) {
    for (auto& [start, allocation] : freed ? freed_ : live_) {
      std::string what = (freed ? "freed " : "") + text_of(allocation);
      if (address >= start && address < start + allocation.bytes) {
        return "byte " + std::to_string(address - start) + " of " + what;
      }
      if (allocation.fenced == nullptr) continue;
      Address first = reinterpret_cast<Address>(allocation.fenced), last = first + allocation.fenced_bytes;
      if (address >= start && address < last + PAGE) {
        return std::to_string(address - start - allocation.bytes) + " bytes behind " + what;
      }
      if (address < start && address >= first - PAGE) {
        return std::to_string(start - address) + " bytes before " + what;
      }
    }
  }
  return "no allocation is near";
}

void Memory::check(Address address, Allocation& allocation) {
  if (allocation.fenced == nullptr) return;
  char* start = reinterpret_cast<char*>(address);
  char* end = allocation.fenced + allocation.fenced_bytes;
  char* damage = first_damage(allocation.fenced, start);
  if (damage == nullptr) damage = first_damage(start + allocation.bytes, end);
  if (damage == nullptr) return;
  journal().fault("written outside: " + describe(reinterpret_cast<Address>(damage)));
  std::memset(allocation.fenced, CANARY, start - allocation.fenced);
  std::memset(start + allocation.bytes, CANARY, end - start - allocation.bytes);
}

void Memory::check_canaries() {
  for (auto& [address, allocation] : live_) check(address, allocation);
}

std::size_t Memory::used(const Context& context) const {
  std::size_t sum = 0;
  for (auto& [address, allocation] : live_) {
    if (allocation.space == Space::DEVICE && allocation.context->device == context.device) {
      sum += round_up(allocation.bytes, ALIGNMENT);
    }
  }
  return sum;
}

long long Memory::count(Space space) const {
  long long count = 0;
  for (auto& [address, allocation] : live_) count += allocation.space == space;
  return count;
}

long long Memory::bytes(Space space) const {
  long long sum = 0;
  for (auto& [address, allocation] : live_) {
    if (allocation.space == space) sum += static_cast<long long>(allocation.bytes);
  }
  return sum;
}

}  // namespace emulated
