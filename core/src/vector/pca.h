#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace strata {

// The directions along which a set of vectors varies most.
struct Pca {
  size_t dimension = 0;
  std::vector<float> mean;            // (dimension)
  std::vector<float> axes;            // (axis_count, dimension) row-major, orthonormal, most variance first.
  std::vector<float> variance_share;  // (axis_count) each axis's part of the total variance, in [0, 1].

  // The coordinates of `rows` (n, dimension) on the axes: (n, axis_count) row-major.
  std::vector<float> Project(std::span<const float> rows) const;
};

// Fits the first `axis_count` principal axes (at most `dimension`) of `rows` (n, dimension) row-major.
//
// Orthogonal iteration on the covariance, which is never formed: O(n * dimension * axis_count) per round
// instead of the O(dimension^3) of a full decomposition, and a few kilobytes of code instead of an
// eigensolver for large matrices (Golub & Van Loan, "Matrix Computations", 4th ed., section 8.2.4). The start
// is fixed, so the same rows give the same axes. Each axis is signed so that its largest component is
// positive. Rows without variance give variance shares of 0.
Pca FitPca(std::span<const float> rows, size_t dimension, size_t axis_count = 2);

}  // namespace strata
