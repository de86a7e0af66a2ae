#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "quant/balanced_rotation.h"
#include "quant/k_means.h"
#include "quant/product_quantizer.h"
#include "strata/result.h"
#include "vector/row_vectors.h"

namespace strata {

// Learns a ProductQuantizer from a sample of rows, in steps of a few milliseconds: reads the sample, finds
// the rotation if there is one (its last step takes longer, see BalancedRotation), and then the centroids of
// one slice after the other.
//
// The sample has 256 rows a centroid of 4 bits, 32 of 8 bits, drawn evenly, and at most 64 MB. The same rows
// and seed give the same quantizer on machines with the same instructions.
//
// Memory: the sample, twice while it is rotated.
class ProductTrainer {
 public:
  // `rows` must outlive this object.
  ProductTrainer(Metric metric, const ProductShape& shape, uint64_t seed, RowVectors* rows);

  // Does one step; true when done.
  Result<bool> Step();
  double progress() const;
  size_t memory_bytes() const;

  // Once, after Step() said true. Without any row the quantizer is valid and of no use.
  ProductQuantizer Finish();

 private:
  enum class Phase : uint8_t { kSample, kCovariance, kRotate, kSlices, kDone };

  Result<void> ReadSample();
  void RotateSample();
  void TrainSlice();

  Metric metric_;
  ProductShape shape_;
  uint64_t seed_;
  RowVectors* rows_;
  Phase phase_ = Phase::kSample;
  size_t at_ = 0;  // Of the phase: row or slice.
  size_t sample_rows_;
  std::vector<float> sample_;  // (n, dimension), prepared once the phase is kSlices.
  std::vector<float> rotated_;
  std::optional<BalancedRotation> balance_;
  std::optional<KMeans> slice_;
  std::vector<float> rotation_;
  std::vector<float> centroids_;
};

}  // namespace strata
