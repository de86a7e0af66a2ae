#include "index/row_scan.h"

#include <array>

#include "index/nearest.h"

namespace strata {

Result<std::vector<Candidate>> ScanRows(DistanceSource& source, size_t count, const RowBitmap* allowed,
                                        const RowVectors& rows, WalkCounters* counters) {
  constexpr size_t kGroup = 64;
  std::array<Row, kGroup> group;
  std::array<float, kGroup> distances;
  size_t group_size = 0;
  bool readable = true;
  Nearest<Candidate> nearest(count);
  const auto offer_group = [&] {
    for (size_t i = 0; readable && i < group_size; ++i) nearest.Offer({distances[i], group[i]});
    counters->distances += group_size;
    group_size = 0;
  };
  if (allowed != nullptr) {
    const auto measure_group = [&] {
      readable = readable && source.Distances({group.data(), group_size}, distances.data());
      offer_group();
    };
    allowed->ForEach([&](Row row) {
      if (!rows.Has(row)) return;
      group[group_size++] = row;
      if (group_size == kGroup) measure_group();
    });
    measure_group();
  } else {
    for (Row first = 0; readable && first < rows.row_count(); first += kGroup) {
      const uint32_t run = std::min<uint32_t>(kGroup, rows.row_count() - first);
      readable = source.Run(first, run, distances.data());
      for (Row row = first; readable && row < first + run; ++row) {
        if (!rows.Has(row)) continue;
        distances[group_size] = distances[row - first];
        group[group_size++] = row;
      }
      offer_group();
    }
  }
  if (!readable) return std::unexpected(source.error());
  std::vector<Candidate> candidates = nearest.Take();
  for (Candidate& candidate : candidates) candidate = CandidateOf(source, candidate.row, candidate.distance);
  return candidates;
}

}  // namespace strata
