#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/row_bitmap.h"
#include "strata/result.h"

namespace strata {

// The full vectors of a set of rows, wherever they lie: a segment's column behind the block cache, or memory.
// Rows may be asked for in any order; in ascending order is cheapest.
class RowVectors {
 public:
  virtual ~RowVectors() = default;

  virtual uint32_t row_count() const = 0;
  virtual uint32_t dimension() const = 0;
  virtual bool Has(Row row) const = 0;

  // The vector of `row`, which Has() one: `dimension` floats, valid until the next call on this object.
  virtual Result<const float*> Get(Row row) = 0;

  // A run of consecutive rows that lie contiguously from `row` on, at least one, at most to the end of its
  // block: (n, dimension) row-major, valid until the next call. Rows without a vector hold zeros.
  virtual Result<std::span<const float>> Run(Row row) = 0;
};

}  // namespace strata
