#include "quant/balanced_rotation.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace strata {
namespace {

constexpr size_t kStepRows = 64;  // A few milliseconds at some hundred dimensions.

using ConstRows = Eigen::Map<const RowMajorMatrixXf>;

}  // namespace

BalancedRotation::BalancedRotation(const ProductShape& shape, std::span<const float> sample)
    : shape_(shape), sample_(sample) {
  const auto d = static_cast<Eigen::Index>(shape.dimension);
  const ConstRows rows(sample.data(), static_cast<Eigen::Index>(sample.size()) / d, d);
  mean_.setZero(d);
  covariance_.setZero(d, d);
  if (rows.rows() == 0) return;
  mean_ = rows.cast<double>().colwise().mean().cast<float>();
  const float largest = rows.cwiseAbs().maxCoeff();
  if (largest > 0 && std::isnormal(1 / largest)) scale_ = 1 / largest;
}

bool BalancedRotation::Step() {
  const size_t d = shape_.dimension;
  const size_t row_count = std::min(kStepRows, sample_.size() / d - next_);
  if (row_count == 0) return false;
  const ConstRows rows(sample_.data() + next_ * d, static_cast<Eigen::Index>(row_count), mean_.size());
  const RowMajorMatrixXf centred = (rows.rowwise() - mean_.transpose()) * scale_;
  covariance_.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose());
  next_ += row_count;
  return true;
}

std::vector<Eigen::Index> BalancedRotation::Allocate(const Eigen::VectorXf& variance) const {
  // Logarithms of products. Variances are raised to a floor and divided by less than that, so that every
  // axis makes its slice's product larger, also the many without variance.
  const double mean_variance = variance.cwiseMax(0).cast<double>().mean();
  const double floor = 1e-6 * mean_variance;
  std::vector<double> product(shape_.slice_count);
  std::vector<std::vector<Eigen::Index>> axes(shape_.slice_count);
  for (Eigen::Index axis = variance.size() - 1; axis >= 0; --axis) {
    uint32_t best = shape_.slice_count;
    for (uint32_t j = 0; j < shape_.slice_count; ++j) {
      if (axes[j].size() == shape_.SliceWidth(j)) continue;
      if (best == shape_.slice_count || product[j] < product[best]) best = j;
    }
    axes[best].push_back(axis);
    product[best] += std::log(std::max(double{variance(axis)}, floor) / (0.1 * floor));
  }
  std::vector<Eigen::Index> order;
  for (const std::vector<Eigen::Index>& slice : axes) order.insert(order.end(), slice.begin(), slice.end());
  return order;
}

std::vector<float> BalancedRotation::Finish() const {
  const auto d = static_cast<Eigen::Index>(shape_.dimension);
  std::vector<float> rotation(static_cast<size_t>(d * d));
  Eigen::Map<RowMajorMatrixXf> axes(rotation.data(), d, d);
  axes.setIdentity();
  if (!(covariance_.trace() > 0)) return rotation;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXf> solver(covariance_);
  if (solver.info() != Eigen::Success || !solver.eigenvectors().allFinite()) return rotation;
  const std::vector<Eigen::Index> order = Allocate(solver.eigenvalues());
  for (Eigen::Index i = 0; i < d; ++i) {
    axes.row(i) = solver.eigenvectors().col(order[static_cast<size_t>(i)]).transpose();
  }
  return rotation;
}

}  // namespace strata
