#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/nearest.h"
#include "index/ordered_rows.h"
#include "index/vector_index.h"
#include "quant/distance_source.h"
#include "vector/distance.h"
#include "vector/row_vectors.h"

namespace strata {

// Exact distances to vectors that lie one after the other in memory.
class CellVectorSource final : public DistanceSource {
 public:
  // Both outlive this.
  CellVectorSource(Metric metric, std::span<const float> query, std::span<const float> vectors)
      : distance_(metric, query), vectors_(vectors) {}

  bool Distances(std::span<const Row> rows, float* out) override {
    for (size_t i = 0; i < rows.size(); ++i) out[i] = distance_(At(rows[i]));
    return true;
  }
  bool Run(Row first, uint32_t count, float* out) override {
    distance_.Batch(At(first), count, out);
    return true;
  }
  float ToMetric(float raw) const override { return raw; }
  float LowerBound(Row /*row*/, float raw) const override { return raw; }

 private:
  const float* At(Row row) const { return &vectors_[size_t{row} * distance_.dimension()]; }

  ExactDistance distance_;
  std::span<const float> vectors_;
};

// Measures rows at `positions` of `order` and offers them to `nearest`. False when one could not be read.
// `distances` is scratch.
inline bool OfferPositions(DistanceSource& source, std::span<const uint32_t> positions,
                           std::span<const Row> order, std::vector<float>* distances,
                           Nearest<Candidate>* nearest, WalkCounters* counters) {
  if (distances->size() < positions.size()) distances->resize(positions.size());
  if (!source.Distances(positions, distances->data())) return false;
  counters->distances += positions.size();
  for (size_t i = 0; i < positions.size(); ++i) nearest->Offer({(*distances)[i], order[positions[i]]});
  return true;
}

// Ascending, with the metric's distances.
inline std::vector<Candidate> TakeFound(const DistanceSource& source, Nearest<Candidate>* nearest) {
  std::vector<Candidate> found = nearest->Take();
  for (Candidate& candidate : found) candidate.distance = source.ToMetric(candidate.distance);
  return found;
}

// Where each row is in `order`; kNoRow where it is not.
inline std::vector<uint32_t> PositionsOf(std::span<const Row> order, uint32_t row_count) {
  std::vector<uint32_t> positions(row_count, kNoRow);
  for (uint32_t i = 0; i < order.size(); ++i) positions[order[i]] = i;
  return positions;
}

// The positions of those rows that `allowed` has, by row.
inline void AllowedPositions(const RowBitmap& allowed, std::span<const uint32_t> position_of,
                             std::vector<uint32_t>* positions) {
  positions->clear();
  allowed.ForEach([&](Row row) {
    if (position_of[row] != kNoRow) positions->push_back(position_of[row]);
  });
}

}  // namespace strata
