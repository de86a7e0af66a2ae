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

struct PcaOptions {
  size_t axis_count = 2;  // At most `dimension` are found.
  // Rounds of the iteration at most. A few suffice to hold most of the variance; an axis of its own, to be
  // looked at, wants more.
  int rounds_max = 60;
};

// Fits the first principal axes of `rows` (n, dimension) row-major, in bounded steps.
//
// Orthogonal iteration on the covariance, which is never formed: O(n * dimension * axis_count) per round
// instead of the O(dimension^3) of a full decomposition, and a few kilobytes of code instead of an
// eigensolver for large matrices (Golub & Van Loan, "Matrix Computations", 4th ed., section 8.2.4). The start
// is fixed, so the same rows give the same axes. Each axis is signed so that its largest component is
// positive. Rows without variance give variance shares of 0.
class PcaFit {
 public:
  PcaFit(std::vector<float> rows, size_t dimension, const PcaOptions& options);

  // A few rows times all axes, or the orthogonalization that ends a round; true when done.
  bool Step();

  // Once, after Step() said true.
  Pca Take();

 private:
  const float* Row(size_t i) const { return &rows_[i * pca_.dimension]; }
  float* Axis(size_t j) { return &pca_.axes[j * pca_.dimension]; }
  float* Next(size_t j) { return &next_[j * pca_.dimension]; }
  void MultiplyRow(size_t i);
  // Makes axes of the products of a round; whether they stayed where they were.
  bool EndRound();

  Pca pca_;
  std::vector<float> rows_;  // Centred.
  std::vector<float> next_;  // The covariance times each axis, as far as summed up, but for a factor.
  std::vector<double> variance_;
  double total_ = 0;
  size_t axis_count_ = 0;
  size_t row_count_ = 0;
  size_t next_row_ = 0;
  int rounds_left_ = 0;
};

// PcaFit in one go.
Pca FitPca(std::span<const float> rows, size_t dimension, const PcaOptions& options = {});

}  // namespace strata
