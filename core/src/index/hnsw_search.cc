#include "index/hnsw_walk.h"

namespace strata {

Result<std::vector<Candidate>> HnswIndex::Search(std::span<const float> query, const WalkParams& params,
                                                 const RowBitmap* allowed, RowVectors& rows,
                                                 WalkCounters* counters) {
  NoTracker tracker;
  return WalkAny(query, params, allowed, rows, tracker, *counters);
}

}  // namespace strata
