#include <utility>
#include <vector>

#include "index/hnsw_index.h"
#include "index/row_scan.h"

namespace strata {

Result<std::vector<Candidate>> HnswIndex::Search(std::span<const float> query, const WalkParams& params,
                                                 const RowBitmap* allowed, RowVectors& rows,
                                                 WalkCounters* counters) {
  return WalkAny(query, params, allowed, rows, Tracker(), *counters);
}

Result<std::vector<Candidate>> HnswIndex::Trace(std::span<const float> query, const WalkParams& params,
                                                const RowBitmap* allowed, RowVectors& rows,
                                                std::vector<TraceEvent>* events) {
  const size_t event_count_before = events->size();
  WalkCounters counters;
  Result<std::vector<Candidate>> found = WalkAny(query, params, allowed, rows, Tracker(events), counters);
  if (coded_) {
    for (TraceEvent& event : std::span(*events).subspan(event_count_before)) {
      event.distance = coded_->quantizer.ToMetric(event.distance);
      event.bound = coded_->quantizer.ToMetric(event.bound);
    }
  }
  return found;
}

Result<std::vector<Candidate>> HnswIndex::WalkAny(std::span<const float> query, const WalkParams& params,
                                                  const RowBitmap* allowed, RowVectors& rows, Tracker tracker,
                                                  WalkCounters& counters) {
  if (coded_) {
    CodeSource source(coded_->quantizer, coded_->codes);
    source.SetQuery(query);
    return Walk(source, params, allowed, rows, tracker, counters);
  }
  VectorSource source(options_.metric, query, rows);
  return Walk(source, params, allowed, rows, tracker, counters);
}

template <DistanceSource Source>
Result<std::vector<Candidate>> HnswIndex::Walk(Source& source, const WalkParams& params,
                                               const RowBitmap* allowed, const RowVectors& rows,
                                               Tracker tracker, WalkCounters& counters) {
  std::vector<Candidate> found;
  if (graph_.entry() == kNoRow || params.count == 0) return found;
  const WalkGoal goal = GoalOf(params, allowed);
  WalkCounters walked;
  if (goal.distances_max > 0 && (!DescendTo(graph_, 0, goal, source, scratch_, tracker, walked) ||
                                 !SearchLayer(graph_, 0, goal, source, scratch_, tracker, walked))) {
    return std::unexpected(source.error());
  }
  counters.distances += walked.distances;
  counters.hops += walked.hops;
  if (walked.distances >= goal.distances_max) return ScanRows(source, params.count, allowed, rows, &counters);

  for (const CandidatePool::Entry& entry : scratch_.pool.entries()) {
    if (found.size() == params.count) break;
    if (entry.wanted) found.push_back({.distance = source.ToMetric(entry.distance), .row = entry.row});
  }
  return found;
}

}  // namespace strata
