#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strata {

// The orthonormal directions along which a sample of rows varies most, found in bounded steps.
//
// Orthogonal iteration like FitPca() (pca.h), whose contract this has; the products with the rows are
// blocked matrix products (Eigen), which makes a round of many axes tens of times as fast, and the number of
// rounds is fixed: directions whose variances are close to each other may stay mixed, which no index minds.
// (Golub & Van Loan, "Matrix Computations", 4th ed., section 8.2.4.)
//
// A step is one round: 4 * n * dimension * axis_count operations. Memory: the rows and two sets of axes.
class LeadingAxes {
 public:
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  // `rows` (n, dimension) row-major. axis_count is at most `dimension`.
  LeadingAxes(std::vector<float> rows, size_t dimension, size_t axis_count);

  // False when there was nothing left to do.
  bool Step();
  double progress() const { return static_cast<double>(round_) / kRounds; }

  std::span<const float> mean() const { return {mean_.data(), static_cast<size_t>(mean_.size())}; }
  // (axis_count, dimension) row-major, most variance first.
  std::span<const float> axes() const { return {axes_.data(), static_cast<size_t>(axes_.size())}; }
  // (axis_count) Variance of the rows along each axis.
  std::span<const float> variances() const { return variances_; }

 private:
  static constexpr int kRounds = 16;

  void Orthonormalize(Matrix axes);

  Matrix rows_;  // Less their mean.
  Eigen::RowVectorXf mean_;
  Matrix axes_;
  std::vector<float> variances_;
  int round_ = 0;
};

}  // namespace strata
