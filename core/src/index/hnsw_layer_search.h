#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bytes/row_bitmap.h"
#include "index/candidate_pool.h"
#include "index/distance_source.h"
#include "index/hnsw_graph.h"
#include "index/tracker.h"
#include "index/vector_index.h"
#include "index/visited_rows.h"

namespace strata {

// What one walk needs besides the graph; kept between walks so that none allocates.
struct WalkScratch {
  VisitedRows visited;
  CandidatePool pool;
  std::vector<Row> unseen;
  std::vector<float> distances;

  size_t memory_bytes() const {
    return visited.memory_bytes() + pool.entries().capacity() * sizeof(CandidatePool::Entry);
  }
};

// Which rows a walk looks for, and when it gives up.
struct WalkGoal {
  size_t wanted_max = 1;  // Candidates kept: the paper's ef.
  const RowBitmap* allowed =
      nullptr;  // Rows that are wanted (null: every row); the others still lead the way.
  uint64_t distances_max = UINT64_MAX;  // Distances after which to stop, finished or not.

  bool Wants(Row row) const { return allowed == nullptr || allowed->Test(row); }
};

// Algorithm 2 of arXiv:1603.09320 on one layer, from the entries that are in scratch.pool, which also ends up
// with the answer.
//
// The unseen neighbours of a row are gathered first and measured together, so that their vectors come from
// memory in parallel. False when `source` failed.
template <DistanceSource Source>
bool SearchLayer(const HnswGraph& graph, uint32_t layer, const WalkGoal& goal, Source& source,
                 WalkScratch& scratch, Tracker tracker, WalkCounters& counters) {
  CandidatePool& pool = scratch.pool;
  scratch.visited.Start(graph.row_count());
  for (const CandidatePool::Entry& entry : pool.entries()) scratch.visited.Insert(entry.row);
  while (counters.distances < goal.distances_max) {
    const CandidatePool::Entry* const next = pool.OpenNext();
    if (next == nullptr) break;
    const Row from = next->row;
    tracker.Open(layer, from, next->distance);
    ++counters.hops;

    scratch.unseen.clear();
    for (const Row to : graph.Links(from, layer)) {
      if (scratch.visited.Insert(to)) scratch.unseen.push_back(to);
    }
    if (scratch.distances.size() < scratch.unseen.size()) scratch.distances.resize(scratch.unseen.size());
    if (!source.Distances(scratch.unseen, scratch.distances.data())) return false;
    counters.distances += scratch.unseen.size();

    for (size_t i = 0; i < scratch.unseen.size(); ++i) {
      const Row to = scratch.unseen[i];
      const float bound = pool.bound();
      const bool kept = pool.Insert(scratch.distances[i], to, goal.Wants(to));
      tracker.Measure(layer, from, to, scratch.distances[i], bound, kept);
    }
  }
  return true;
}

// The walk over codes is where searching and building spend their time. It is compiled once, for speed
// (cmake/core.cmake).
extern template bool SearchLayer(const HnswGraph&, uint32_t, const WalkGoal&, CodeSource&, WalkScratch&,
                                 Tracker, WalkCounters&);

// From the graph's entry greedily (ef = 1) down through all layers above `layer`, then leaves the row it
// ended at in scratch.pool, ready for SearchLayer() on `layer` with the same goal. The graph is not empty.
template <DistanceSource Source>
bool DescendTo(const HnswGraph& graph, uint32_t layer, const WalkGoal& goal, Source& source,
               WalkScratch& scratch, Tracker tracker, WalkCounters& counters) {
  const Row entry = graph.entry();
  CandidatePool::Entry nearest{
      .distance = 0, .row = entry & CandidatePool::kRowMax, .wanted = true, .opened = false};
  if (!source.Distances(std::span(&entry, 1), &nearest.distance)) return false;
  ++counters.distances;
  for (uint32_t above = graph.Level(entry); above > layer; --above) {
    tracker.EnterLayer(above, nearest.row, nearest.distance);
    scratch.pool.Start(1);
    scratch.pool.Insert(nearest.distance, nearest.row, true);
    if (!SearchLayer(graph, above, WalkGoal{}, source, scratch, tracker, counters)) return false;
    if (!scratch.pool.entries().empty()) nearest = scratch.pool.entries().front();
  }
  tracker.EnterLayer(layer, nearest.row, nearest.distance);
  scratch.pool.Start(goal.wanted_max);
  scratch.pool.Insert(nearest.distance, nearest.row, goal.Wants(nearest.row));
  return true;
}

}  // namespace strata
