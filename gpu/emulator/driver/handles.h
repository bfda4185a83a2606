// Handles of one kind: opaque, never given out twice, so that the use of a destroyed one is always seen.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

#include "status.h"

namespace emulated {

inline void* new_handle() {
  static std::atomic<std::uintptr_t> next{0x10000};
  return reinterpret_cast<void*>(next += 0x10);
}

template <class T>
class Handles {
 public:
  void* add(std::shared_ptr<T> object) {
    void* handle = new_handle();
    objects_.emplace(handle, std::move(object));
    return handle;
  }

  // Refuses what is not, or no longer, a handle of this kind.
  std::shared_ptr<T> find(void* handle, Status otherwise = ERROR_INVALID_HANDLE) const {
    auto found = objects_.find(handle);
    require(found != objects_.end(), otherwise);
    return found->second;
  }

  std::shared_ptr<T> remove(void* handle) {
    std::shared_ptr<T> object = find(handle);
    objects_.erase(handle);
    return object;
  }

  // Handle and object, oldest first.
  const std::map<void*, std::shared_ptr<T>>& all() const { return objects_; }

  template <class Condition>
  void remove_if(Condition condition) {
    for (auto i = objects_.begin(); i != objects_.end();) i = condition(*i->second) ? objects_.erase(i) : std::next(i);
  }

 private:
  std::map<void*, std::shared_ptr<T>> objects_;
};

}  // namespace emulated
