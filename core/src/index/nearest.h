#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace strata {

// The k smallest of what is offered, as a bounded max-heap. `Item` orders by distance first. O(log k) for an
// item that enters, one comparison for one that does not.
template <typename Item>
class Nearest {
 public:
  explicit Nearest(size_t k, float bound = std::numeric_limits<float>::infinity()) : k_(k), bound_(bound) {}

  // No item farther than this can enter.
  float bound() const { return heap_.size() < k_ ? bound_ : std::min(bound_, heap_.front().distance); }

  void Offer(const Item& item) {
    if (!(item.distance <= bound_)) return;  // Also when it is no number.
    if (heap_.size() < k_) {
      heap_.push_back(item);
      std::push_heap(heap_.begin(), heap_.end());
    } else if (item < heap_.front()) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = item;
      std::push_heap(heap_.begin(), heap_.end());
    }
  }

  size_t size() const { return heap_.size(); }

  // Ascending. Once.
  std::vector<Item> Take() {
    std::sort_heap(heap_.begin(), heap_.end());
    return std::move(heap_);
  }

 private:
  size_t k_;
  float bound_;
  std::vector<Item> heap_;
};

}  // namespace strata
