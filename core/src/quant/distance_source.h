#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "bytes/row_bitmap.h"
#include "strata/result.h"

namespace strata {

// Where a walk or scan gets its distances from: it holds one query and measures rows against it. Raw
// distances order rows as the metric does and may be in any unit; ToMetric() gives the metric's own. A search
// is written once, over this class, so another way to store vectors is another source and not another search.
// Rows are measured many at a time, so that a call through the table of virtual functions is not felt.
class DistanceSource {
 public:
  virtual ~DistanceSource() = default;

  // out[i] = raw distance of rows[i] from the query. False when a row could not be read: error() then tells
  // why.
  virtual bool Distances(std::span<const Row> rows, float* out) = 0;

  // The same for the rows first, first + 1, ..., first + count - 1.
  virtual bool Run(Row first, uint32_t count, float* out);

  virtual float ToMetric(float raw) const = 0;

  // The metric's distance of a row of this raw distance is no less than this: surely, or with the probability
  // that the source states. Minus infinity where nothing is known.
  virtual float LowerBound(Row /*row*/, float /*raw*/) const {
    return -std::numeric_limits<float>::infinity();
  }

  virtual Error error() const { return {}; }
};

}  // namespace strata
