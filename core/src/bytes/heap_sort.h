#pragma once

#include <cstddef>
#include <functional>
#include <utility>

namespace strata {

// Sorts in place, O(n log n), not stably. For lists that are short, or sorted seldom: std::sort is up to
// three times as fast on long lists, and compiles to 1.5 to 4 kB of WebAssembly for each type and order.
// (Heap sort of the standard library: 0.6 kB. This: 0.2, since both its phases share one loop.) J. W. J.
// Williams, "Algorithm 232: Heapsort", CACM 7(6), 1964.
template <typename List, typename Less = std::ranges::less, typename Projection = std::identity>
void HeapSort(List& list, Less less = {}, Projection projection = {}) {
  const auto is_less = [&](const auto& a, const auto& b) {
    return std::invoke(less, std::invoke(projection, a), std::invoke(projection, b));
  };
  // [0, end) is a heap from `start` on; what lies behind `end` is sorted.
  size_t start = list.size() / 2;
  size_t end = list.size();
  while (end > 1) {
    if (start > 0) {
      --start;
    } else {
      std::swap(list[0], list[--end]);
    }
    auto sinking = std::move(list[start]);
    size_t hole = start;
    for (size_t child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
      if (child + 1 < end && is_less(list[child], list[child + 1])) ++child;
      if (!is_less(sinking, list[child])) break;
      list[hole] = std::move(list[child]);
      hole = child;
    }
    list[hole] = std::move(sinking);
  }
}

}  // namespace strata
