#pragma once

#include <algorithm>
#include <cstdint>

#include "strata/result.h"
#include "vector/row_vectors.h"

namespace strata {

// Calls see(vector) for up to `count_max` rows that have a vector, drawn evenly from all.
template <typename See>
Result<void> VisitSample(RowVectors& rows, uint32_t count_max, See&& see) {
  const uint32_t row_count = rows.row_count();
  const uint32_t sample_count = std::min(row_count, count_max);
  for (uint32_t i = 0; i < sample_count; ++i) {
    const Row row = static_cast<Row>(uint64_t{row_count} * i / sample_count);
    if (!rows.Has(row)) continue;
    STRATA_ASSIGN_OR_RETURN(const float* const vector, rows.Get(row));
    see(vector);
  }
  return {};
}

}  // namespace strata
