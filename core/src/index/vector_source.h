#pragma once

#include <span>

#include "quant/distance_source.h"
#include "vector/distance.h"
#include "vector/row_vectors.h"

namespace strata {

// Exact distances to full vectors, wherever these lie.
class VectorSource final : public DistanceSource {
 public:
  VectorSource(Metric metric, std::span<const float> query, RowVectors& rows)
      : distance_(metric, query), rows_(&rows) {}

  bool Distances(std::span<const Row> rows, float* out) override;
  float ToMetric(float raw) const override { return raw; }
  float LowerBound(Row /*row*/, float raw) const override { return raw; }
  Error error() const override { return error_; }

 private:
  ExactDistance distance_;
  RowVectors* rows_;
  Error error_;
};

}  // namespace strata
