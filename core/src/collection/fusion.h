#pragma once

#include <span>
#include <vector>

#include "collection/searcher.h"
#include "strata/options.h"

namespace strata {

// A record that a search by vector or one by text found, or both.
struct FusedRecord {
  const FoundRecord* by_vector = nullptr;  // Null: not among the candidates.
  const FoundRecord* by_text = nullptr;
  float score = 0;  // Greater is better.

  const FoundRecord& record() const { return by_vector != nullptr ? *by_vector : *by_text; }
};

// Makes one order, best first and of equals by key, of two lists that are each in order; see FusionMethod.
// Points into the lists. O(n log n).
std::vector<FusedRecord> Fuse(const FusionOptions& options, std::span<const FoundRecord> by_vector,
                              std::span<const FoundRecord> by_text);

}  // namespace strata
