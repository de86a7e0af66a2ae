#include <utility>
#include <vector>

#include "index/hnsw_index.h"
#include "index/row_scan.h"
#include "index/vector_source.h"

namespace strata {

Result<std::vector<Candidate>> HnswIndex::Search(std::span<const float> query, const WalkParams& params,
                                                 const RowBitmap* allowed, RowVectors& rows,
                                                 WalkCounters* counters) {
  return Walk(*Source(query, rows), params, allowed, rows, Tracker(), *counters);
}

Result<std::vector<Candidate>> HnswIndex::Trace(std::span<const float> query, const WalkParams& params,
                                                const RowBitmap* allowed, RowVectors& rows,
                                                std::vector<TraceEvent>* events) {
  WalkCounters counters;
  const std::unique_ptr<DistanceSource> source = Source(query, rows);
  return Walk(*source, params, allowed, rows, Tracker(events, *source), counters);
}

std::unique_ptr<DistanceSource> HnswIndex::Source(std::span<const float> query, RowVectors& rows) const {
  if (codes_) return codes_->ForQuery(query);
  return std::make_unique<VectorSource>(options_.metric, query, rows);
}

Result<std::vector<Candidate>> HnswIndex::Walk(DistanceSource& source, const WalkParams& params,
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
