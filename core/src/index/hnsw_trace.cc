#include <span>

#include "index/hnsw_walk.h"

namespace strata {

Result<std::vector<Candidate>> HnswIndex::Trace(std::span<const float> query, const WalkParams& params,
                                                const RowBitmap* allowed, RowVectors& rows,
                                                std::vector<TraceEvent>* events) {
  const size_t event_count_before = events->size();
  RecordingTracker tracker(events);
  WalkCounters counters;
  Result<std::vector<Candidate>> found = WalkAny(query, params, allowed, rows, tracker, counters);
  if (coded_) {
    for (TraceEvent& event : std::span(*events).subspan(event_count_before)) {
      event.distance = coded_->quantizer.ToMetric(event.distance);
      event.bound = coded_->quantizer.ToMetric(event.bound);
    }
  }
  return found;
}

}  // namespace strata
