#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collection/filter_rows.h"
#include "collection/segment_handle.h"
#include "index/vector_index.h"
#include "strata/collection.h"
#include "vector/distance.h"

namespace strata {

// One query as every segment of a search sees it.
struct QueryContext {
  EngineContext* engine = nullptr;
  const CollectionOptions* collection = nullptr;
  std::span<const float> query;
  const SearchOptions* options = nullptr;
  const ExactDistance* exact = nullptr;
  const Expression* filter = nullptr;  // Null: none.
  uint32_t ef = 0;                     // options->ef_search with the default filled in.
  float distance_max = 0;              // options->radius, or infinity.
  bool explain = false;                // Fill plans and measure time.
  SearchCounters* counters = nullptr;
  std::vector<TraceEvent>* trace = nullptr;  // Not null: record every step.
};

// The nearest rows of one segment among those that are live and match, with exact distances, ascending by
// (distance, row): min(k, matching rows within the radius) of them. Plans, walks or scans, and rescores with
// full vectors.
Result<std::vector<Candidate>> SearchSegment(const QueryContext& context, const SegmentHandle& handle,
                                             SegmentPlan* plan);

}  // namespace strata
