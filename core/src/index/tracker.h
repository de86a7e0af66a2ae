#pragma once

#include <cstdint>
#include <vector>

#include "bytes/row_bitmap.h"
#include "index/node_order.h"
#include "quant/distance_source.h"
#include "strata/inspect.h"

namespace strata {

// A search tells its tracker each step: it enters a layer at a row, opens a row, and keeps or prunes each
// neighbour it measured, against the bound that was to beat.
class Tracker {
 public:
  // Listens to nothing, which costs a search one test a step.
  Tracker() = default;
  // Writes every step down, with the metric's distances for the raw ones of `source`, and rows for nodes.
  Tracker(std::vector<TraceEvent>* events, const DistanceSource& source, const NodeOrder& order)
      : events_(events), source_(&source), order_(&order) {}

  void EnterLayer(uint32_t layer, Row node, float distance) {
    if (events_ != nullptr) Add(TraceEvent::Kind::kEnterLayer, layer, node, node, distance, distance);
  }
  void Open(uint32_t layer, Row node, float distance) {
    if (events_ != nullptr) Add(TraceEvent::Kind::kOpen, layer, node, node, distance, distance);
  }
  void Measure(uint32_t layer, Row from, Row to, float distance, float bound, bool kept) {
    if (events_ == nullptr) return;
    Add(kept ? TraceEvent::Kind::kKeep : TraceEvent::Kind::kPrune, layer, from, to, distance, bound);
  }

 private:
  void Add(TraceEvent::Kind kind, uint32_t layer, Row from, Row to, float distance, float bound);

  std::vector<TraceEvent>* events_ = nullptr;
  const DistanceSource* source_ = nullptr;
  const NodeOrder* order_ = nullptr;
};

}  // namespace strata
