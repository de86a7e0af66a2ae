#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "quant/product_quantizer.h"

namespace strata {

// Finds the rotation after which slices can be coded best, if rows are normally distributed.
//
// Ge, He, Ke & Sun, "Optimized Product Quantization", TPAMI 36(4), 2014, section 3.2 (the parametric
// solution): rotated to the principal axes, components are independent, and the error is least when the
// product of the variances is the same in every slice. Their greedy allocation gives the axes, largest
// variance first, to the slice with the smallest product so far that has room. Their alternation of section
// 3.1, which goes on from there, is left out: it gains 1% of the error on rows that it was not trained on
// (docs/decisions/0011-product-quantization.md).
//
// The covariance is summed in calls of bounded length; Finish() is one piece of O(d^3), 0.2 s for 784
// dimensions. Memory: 8 * d^2 bytes, three times that in Finish().
class BalancedRotation {
 public:
  // `sample` (n, d) row-major must outlive this object.
  BalancedRotation(const ProductShape& shape, std::span<const float> sample);

  // Adds some rows to the covariance; false when there were none left.
  bool Step();

  // (d, d) row-major, an axis a row, orthonormal. The identity if the sample has no variance.
  std::vector<float> Finish() const;

 private:
  // The axes, numbered from the smallest variance, in the order in which slices take them up.
  std::vector<Eigen::Index> Allocate(const Eigen::VectorXf& variance) const;

  ProductShape shape_;
  std::span<const float> sample_;
  size_t next_ = 0;  // Row of the sample.
  Eigen::VectorXf mean_;
  float scale_ = 0;             // What components are multiplied with, so that squares stay in range.
  Eigen::MatrixXf covariance_;  // Lower half, times n.
};

}  // namespace strata
