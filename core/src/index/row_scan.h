#pragma once

#include <cstddef>
#include <vector>

#include "index/vector_index.h"
#include "quant/distance_source.h"

namespace strata {

// The `count` rows nearest to the query of `source`, of those that have a vector and are `allowed` (null:
// all), by measuring each. O(rows); rows are visited in ascending order, in groups that are measured
// together.
Result<std::vector<Candidate>> ScanRows(DistanceSource& source, size_t count, const RowBitmap* allowed,
                                        const RowVectors& rows, WalkCounters* counters);

}  // namespace strata
