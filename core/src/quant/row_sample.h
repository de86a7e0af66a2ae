#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "env/deadline.h"
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

// Calls see(row, vector) for the rows from *next on that have a vector, at least for some, until the
// deadline. True once all rows have been seen; *next is where to go on.
template <typename See>
Result<bool> VisitRows(RowVectors& rows, const Deadline& deadline, Row* next, See&& see) {
  const size_t dimension = rows.dimension();
  while (*next < rows.row_count()) {
    STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows.Run(*next));
    for (size_t i = 0; i < run.size(); i += dimension, ++*next) {
      if (rows.Has(*next)) see(*next, run.subspan(i, dimension));
    }
    if (deadline.Passed()) break;
  }
  return *next == rows.row_count();
}

}  // namespace strata
