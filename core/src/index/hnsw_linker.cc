#include "index/hnsw_linker.h"

#include <algorithm>

#include "bytes/heap_sort.h"
#include "bytes/mix.h"

namespace strata {
uint8_t RandomLevel(uint64_t seed, Row row, uint32_t m) {
  uint64_t draw = MixBits(seed + kGoldenRatio * (uint64_t{row} + 1));
  uint8_t level = 0;
  while (level < HnswGraph::kLevelMax && draw < UINT64_MAX / m) {
    ++level;
    draw = MixBits(draw + kGoldenRatio);
  }
  return level;
}

void HnswLinker::Insert(Row row) {
  if (graph_->entry() == kNoRow) {
    graph_->SetEntry(row);
    return;
  }
  WalkCounters counters;
  query_.SetQuery(row);
  const uint32_t level = graph_->Level(row);
  const uint32_t top = graph_->Level(graph_->entry());
  const uint32_t first = std::min(level, top);
  // Codes are in memory: a walk over them cannot fail.
  const WalkGoal goal{.wanted_max = ef_construction_};
  DescendTo(*graph_, first, goal, query_, scratch_, Tracker(), counters);
  for (uint32_t layer = first;; --layer) {
    SearchLayer(*graph_, layer, goal, query_, scratch_, Tracker(), counters);
    candidates_.clear();
    for (const CandidatePool::Entry& entry : scratch_.pool.entries())
      candidates_.push_back({entry.distance, entry.row});
    SelectNeighbours(graph_->m());
    graph_->SetLinks(row, layer, selected_);
    // Linking back reuses selected_ when a list overflows.
    links_.assign(selected_.begin(), selected_.end());
    for (const Row neighbour : links_) LinkBack(neighbour, layer, row);
    if (layer == 0) break;
    scratch_.pool.CloseAll();
  }
  if (level > top) graph_->SetEntry(row);
}

void HnswLinker::Relink(Row row, uint32_t layer, std::span<const Row> candidates) {
  if (distances_.size() < candidates.size()) distances_.resize(candidates.size());
  pair_.SetQuery(row);
  pair_.Distances(candidates, distances_.data());
  candidates_.clear();
  for (size_t i = 0; i < candidates.size(); ++i) candidates_.push_back({distances_[i], candidates[i]});
  HeapSort(candidates_);
  SelectNeighbours(graph_->LinkCountMax(layer));
  graph_->SetLinks(row, layer, selected_);
}

void HnswLinker::LinkBack(Row from, uint32_t layer, Row to) {
  if (graph_->AddLink(from, layer, to)) return;
  overflow_.assign(graph_->Links(from, layer).begin(), graph_->Links(from, layer).end());
  overflow_.push_back(to);
  Relink(from, layer, overflow_);
}

void HnswLinker::SelectNeighbours(size_t count_max) {
  // Few candidates get past the first selected ones, so these are asked in small groups.
  constexpr size_t kGroup = 4;
  float to_selected[kGroup];
  selected_.clear();
  for (const Candidate& candidate : candidates_) {
    if (selected_.size() == count_max) break;
    pair_.SetQuery(candidate.row);
    bool diverse = true;
    for (size_t i = 0; i < selected_.size() && diverse; i += kGroup) {
      const std::span<const Row> group(selected_.data() + i, std::min(kGroup, selected_.size() - i));
      pair_.Distances(group, to_selected);
      for (size_t j = 0; j < group.size(); ++j) diverse = diverse && to_selected[j] >= candidate.distance;
    }
    if (diverse) selected_.push_back(candidate.row);
  }
}

}  // namespace strata
