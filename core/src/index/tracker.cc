#include "index/tracker.h"

namespace strata {

void Tracker::Add(TraceEvent::Kind kind, uint32_t layer, Row from, Row to, float distance, float bound) {
  const auto row_of = [this](Row node) { return order_ != nullptr ? order_->RowOf(node) : node; };
  events_->push_back({.kind = kind,
                      .layer = layer,
                      .from = row_of(from),
                      .to = row_of(to),
                      .distance = source_->ToMetric(distance),
                      .bound = source_->ToMetric(bound)});
}

}  // namespace strata
