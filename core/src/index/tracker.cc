#include "index/tracker.h"

namespace strata {

void Tracker::Add(TraceEvent::Kind kind, uint32_t layer, Row from, Row to, float distance, float bound) {
  events_->push_back({.kind = kind,
                      .layer = layer,
                      .from = order_->RowOf(from),
                      .to = order_->RowOf(to),
                      .distance = source_->ToMetric(distance),
                      .bound = source_->ToMetric(bound)});
}

}  // namespace strata
