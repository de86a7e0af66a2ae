#include <utility>
#include <vector>

#include "index/hnsw_index.h"
#include "index/index_suite.h"
#include "index/row_scan.h"
#include "index/vector_source.h"

namespace strata {

Result<std::vector<Candidate>> HnswIndex::Search(std::span<const float> query, const WalkParams& params,
                                                 const RowBitmap* allowed, RowVectors& rows,
                                                 WalkCounters* counters) {
  OrderedRows nodes(order_.row_of(), &rows);
  return Walk(*Source(query, nodes), params, allowed, nodes, Tracker(), *counters);
}

Result<std::vector<Candidate>> HnswIndex::Trace(std::span<const float> query, const WalkParams& params,
                                                const RowBitmap* allowed, RowVectors& rows,
                                                std::vector<TraceEvent>* events) {
  if (!HasIndexSuite()) return NotInThisBuild();
  OrderedRows nodes(order_.row_of(), &rows);
  WalkCounters counters;
  const std::unique_ptr<DistanceSource> source = Source(query, nodes);
  return Walk(*source, params, allowed, nodes, Tracker(events, *source, &order_), counters);
}

std::unique_ptr<DistanceSource> HnswIndex::Source(std::span<const float> query, OrderedRows& nodes) const {
  if (codes_) return codes_->ForQuery(query);
  return std::make_unique<VectorSource>(options_.metric, query, nodes);
}

Result<std::vector<Candidate>> HnswIndex::Walk(DistanceSource& source, const WalkParams& params,
                                               const RowBitmap* allowed, const OrderedRows& nodes,
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
  if (walked.distances >= goal.distances_max) {
    // Only under a filter, which says what to measure.
    RowBitmap allowed_nodes(graph_.row_count());
    allowed->ForEach([&](Row row) { allowed_nodes.Set(order_.NodeOf(row)); });
    STRATA_ASSIGN_OR_RETURN(found, ScanRows(source, params.count, &allowed_nodes, nodes, &counters));
  } else {
    for (const CandidatePool::Entry& entry : scratch_.pool.entries()) {
      if (found.size() == params.count) break;
      if (entry.wanted) found.push_back(CandidateOf(source, entry.row, entry.distance));
    }
  }
  for (Candidate& candidate : found) candidate.row = order_.RowOf(candidate.row);
  return found;
}

}  // namespace strata
