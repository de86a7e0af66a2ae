#pragma once

#include <cstdint>
#include <vector>

#include "bytes/row_bitmap.h"
#include "quant/distance_source.h"
#include "strata/inspect.h"

namespace strata {

// A search tells its tracker each step: it enters a layer at a row, opens a row, or probes a bucket of a
// table, and keeps or prunes each row it measured, against the bound that was to beat.
class Tracker {
 public:
  // Listens to nothing, which costs a search one test a step.
  Tracker() = default;
  // Writes every step down, with the metric's distances for the raw ones of `source`.
  Tracker(std::vector<TraceEvent>* events, const DistanceSource& source)
      : events_(events), source_(&source) {}

  void EnterLayer(uint32_t layer, Row row, float distance) {
    if (events_ != nullptr) Add(TraceEvent::Kind::kEnterLayer, layer, row, row, distance, distance);
  }
  void Open(uint32_t layer, Row row, float distance) {
    if (events_ != nullptr) Add(TraceEvent::Kind::kOpen, layer, row, row, distance, distance);
  }
  void Measure(uint32_t layer, Row from, Row to, float distance, float bound, bool kept) {
    if (events_ == nullptr) return;
    Add(kept ? TraceEvent::Kind::kKeep : TraceEvent::Kind::kPrune, layer, from, to, distance, bound);
  }

  // `score` and `limit` are no distances and stay as they are.
  void Probe(uint32_t table, uint32_t key, size_t row_count, float score, float limit) {
    if (events_ == nullptr) return;
    events_->push_back({.kind = TraceEvent::Kind::kProbe,
                        .layer = table,
                        .from = key,
                        .to = static_cast<uint32_t>(row_count),
                        .distance = score,
                        .bound = limit});
  }

 private:
  void Add(TraceEvent::Kind kind, uint32_t layer, Row from, Row to, float distance, float bound);

  std::vector<TraceEvent>* events_ = nullptr;
  const DistanceSource* source_ = nullptr;
};

}  // namespace strata
