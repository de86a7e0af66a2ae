#pragma once

#include <cstdint>
#include <vector>

#include "bytes/row_bitmap.h"
#include "strata/inspect.h"

namespace strata {

// A search tells its tracker each step: it enters a layer at a row, opens a row, and keeps or prunes each
// neighbour it measured, against the bound that was to beat. This one listens to nothing and vanishes when
// compiled.
struct NoTracker {
  void EnterLayer(uint32_t /*layer*/, Row /*row*/, float /*distance*/) {}
  void Open(uint32_t /*layer*/, Row /*row*/, float /*distance*/) {}
  void Measure(uint32_t /*layer*/, Row /*from*/, Row /*to*/, float /*distance*/, float /*bound*/,
               bool /*kept*/) {}
};

// Writes every step down, with raw distances; whoever made the source turns them into the metric's unit.
class RecordingTracker {
 public:
  explicit RecordingTracker(std::vector<TraceEvent>* events) : events_(events) {}

  void EnterLayer(uint32_t layer, Row row, float distance) {
    Add(TraceEvent::Kind::kEnterLayer, layer, row, row, distance, distance);
  }
  void Open(uint32_t layer, Row row, float distance) {
    Add(TraceEvent::Kind::kOpen, layer, row, row, distance, distance);
  }
  void Measure(uint32_t layer, Row from, Row to, float distance, float bound, bool kept) {
    Add(kept ? TraceEvent::Kind::kKeep : TraceEvent::Kind::kPrune, layer, from, to, distance, bound);
  }

 private:
  void Add(TraceEvent::Kind kind, uint32_t layer, Row from, Row to, float distance, float bound) {
    events_->push_back(
        {.kind = kind, .layer = layer, .from = from, .to = to, .distance = distance, .bound = bound});
  }

  std::vector<TraceEvent>* events_;
};

}  // namespace strata
