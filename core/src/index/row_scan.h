#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "index/distance_source.h"
#include "index/nearest.h"
#include "index/vector_index.h"

namespace strata {

// The `count` rows nearest to the query of `source`, of those that have a vector and are `allowed` (null:
// all), by measuring each. O(rows); rows are visited in ascending order, in groups that are measured
// together.
template <DistanceSource Source>
Result<std::vector<Candidate>> ScanRows(Source& source, size_t count, const RowBitmap* allowed,
                                        const RowVectors& rows, WalkCounters* counters) {
  constexpr size_t kGroup = 64;
  std::array<Row, kGroup> group;
  std::array<float, kGroup> distances;
  size_t group_size = 0;
  bool readable = true;
  Nearest<Candidate> nearest(count);
  const auto measure_group = [&] {
    readable = readable && source.Distances({group.data(), group_size}, distances.data());
    for (size_t i = 0; readable && i < group_size; ++i) nearest.Offer({distances[i], group[i]});
    counters->distances += group_size;
    group_size = 0;
  };
  const auto add = [&](Row row) {
    if (!rows.Has(row)) return;
    group[group_size++] = row;
    if (group_size == kGroup) measure_group();
  };
  if (allowed != nullptr) {
    allowed->ForEach(add);
  } else {
    for (Row row = 0; row < rows.row_count(); ++row) add(row);
  }
  measure_group();
  if (!readable) return std::unexpected(source.error());
  std::vector<Candidate> candidates = nearest.Take();
  for (Candidate& candidate : candidates) candidate.distance = source.ToMetric(candidate.distance);
  return candidates;
}

}  // namespace strata
