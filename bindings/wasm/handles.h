#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace strata {

// Objects that JavaScript names by numbers, which are never used again. Looking one up takes O(log n),
// closing one O(n).
template <typename T>
class Handles {
 public:
  // The next handles count from `first`, which is greater than all before.
  void CountFrom(uint32_t first) { next_ = first; }

  uint32_t Add(T object) {
    entries_.push_back({next_, std::move(object)});
    return next_++;
  }

  // Null if there is none (any more). Valid until the next Add() or Close().
  const T* Find(uint32_t handle) const {
    const auto at = At(handle);
    return at != entries_.end() && at->handle == handle ? &at->object : nullptr;
  }

  void Close(uint32_t handle) {
    const auto at = At(handle);
    if (at != entries_.end() && at->handle == handle) entries_.erase(at);
  }

  template <typename Predicate>
  void CloseIf(Predicate&& predicate) {
    std::erase_if(entries_, [&](const Entry& entry) { return predicate(entry.object); });
  }

 private:
  struct Entry {
    uint32_t handle;
    T object;
  };

  typename std::vector<Entry>::const_iterator At(uint32_t handle) const {
    return std::lower_bound(entries_.begin(), entries_.end(), handle,
                            [](const Entry& entry, uint32_t wanted) { return entry.handle < wanted; });
  }

  std::vector<Entry> entries_;  // In the order of handles.
  uint32_t next_ = 1;
};

}  // namespace strata
