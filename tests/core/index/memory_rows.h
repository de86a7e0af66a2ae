#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "vector/row_vectors.h"

namespace strata {

// Vectors in memory, row-major, with some rows absent if a test says so.
class MemoryRows : public RowVectors {
 public:
  MemoryRows(uint32_t dimension, std::vector<float> values)
      : dimension_(dimension),
        values_(std::move(values)),
        present_(static_cast<uint32_t>(values_.size() / dimension), true) {}

  uint32_t row_count() const override { return present_.row_count(); }
  uint32_t dimension() const override { return dimension_; }
  bool Has(Row row) const override { return present_.Test(row); }
  Result<const float*> Get(Row row) override {
    if (row == unreadable_)
      return Fail(ErrorCode::kIoError, "row " + std::to_string(row) + " cannot be read");
    return Vector(row).data();
  }
  // Runs are short and end at odd places, as they do at the ends of blocks.
  Result<std::span<const float>> Run(Row row) override {
    const size_t rows = std::min<size_t>(1 + row % 7, row_count() - row);
    return std::span<const float>(values_).subspan(size_t{row} * dimension_, rows * dimension_);
  }

  std::span<const float> Vector(Row row) const {
    return std::span<const float>(values_).subspan(size_t{row} * dimension_, dimension_);
  }
  std::span<const float> values() const { return values_; }
  void Remove(Row row) {
    present_.Clear(row);
    std::ranges::fill(std::span(values_).subspan(size_t{row} * dimension_, dimension_), 0.0f);
  }
  void MakeUnreadable(Row row) { unreadable_ = row; }

 private:
  uint32_t dimension_;
  std::vector<float> values_;
  RowBitmap present_;
  Row unreadable_ = kNoRow;
};

// `row_count` vectors around `cluster_count` centres, which is closer to real embeddings than noise is.
inline std::vector<float> ClusteredVectors(uint32_t row_count, uint32_t dimension, uint32_t seed,
                                           uint32_t cluster_count = 20) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> centres(size_t{cluster_count} * dimension);
  for (float& x : centres) x = 3 * normal(random);
  std::vector<float> values;
  values.reserve(size_t{row_count} * dimension);
  for (uint32_t row = 0; row < row_count; ++row) {
    const size_t cluster = random() % cluster_count;
    for (uint32_t i = 0; i < dimension; ++i)
      values.push_back(centres[cluster * dimension + i] + normal(random));
  }
  return values;
}

}  // namespace strata
