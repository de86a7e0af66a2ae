#pragma once

#include <cstdint>
#include <vector>

#include "bytes/row_bitmap.h"
#include "index/candidate_pool.h"
#include "index/hnsw_graph.h"
#include "index/node_order.h"
#include "index/tracker.h"
#include "index/vector_index.h"
#include "index/visited_rows.h"
#include "quant/distance_source.h"

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
  // Rows that are wanted (null: every row); the others still lead the way.
  const RowBitmap* allowed = nullptr;
  const NodeOrder* order = nullptr;     // Whose row a node is; not asked for without `allowed`.
  uint64_t distances_max = UINT64_MAX;  // Distances after which to stop, finished or not.

  bool Wants(Row node) const { return allowed == nullptr || allowed->Test(order->RowOf(node)); }
};

// Algorithm 2 of arXiv:1603.09320 on one layer, from the entries that are in scratch.pool, which also ends up
// with the answer.
//
// The unseen neighbours of a row are gathered first and measured together, so that their vectors come from
// memory in parallel. False when `source` failed.
bool SearchLayer(const HnswGraph& graph, uint32_t layer, const WalkGoal& goal, DistanceSource& source,
                 WalkScratch& scratch, Tracker tracker, WalkCounters& counters);

// From the graph's entry greedily (ef = 1) down through all layers above `layer`, then leaves the row it
// ended at in scratch.pool, ready for SearchLayer() on `layer` with the same goal. The graph is not empty.
bool DescendTo(const HnswGraph& graph, uint32_t layer, const WalkGoal& goal, DistanceSource& source,
               WalkScratch& scratch, Tracker tracker, WalkCounters& counters);

}  // namespace strata
