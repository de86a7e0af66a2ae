#include "index/hnsw_layer_search.h"

#include <span>

namespace strata {

bool SearchLayer(const HnswGraph& graph, uint32_t layer, const WalkGoal& goal, DistanceSource& source,
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

bool DescendTo(const HnswGraph& graph, uint32_t layer, const WalkGoal& goal, DistanceSource& source,
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
