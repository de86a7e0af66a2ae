#include "vector/leading_axes.h"

#include <cmath>
#include <utility>

namespace strata {

LeadingAxes::LeadingAxes(std::vector<float> rows, size_t dimension, size_t axis_count)
    : rows_(Eigen::Map<const Matrix>(rows.data(), static_cast<Eigen::Index>(rows.size() / dimension),
                                     static_cast<Eigen::Index>(dimension))),
      mean_(Eigen::RowVectorXf::Zero(static_cast<Eigen::Index>(dimension))),
      variances_(axis_count) {
  if (rows_.rows() > 0) mean_ = rows_.colwise().mean();
  rows_.rowwise() -= mean_;
  // The start is fixed, so the same rows give the same axes; unlike for every axis, and hardly orthogonal to
  // anything.
  Matrix start(static_cast<Eigen::Index>(axis_count), static_cast<Eigen::Index>(dimension));
  uint32_t random = 1;
  for (Eigen::Index i = 0; i < start.size(); ++i) {
    random = random * 1664525u + 1013904223u;
    start.data()[i] = static_cast<float>(random >> 8) / float{1 << 23} - 1;
  }
  Orthonormalize(std::move(start));
}

bool LeadingAxes::Step() {
  if (round_ == kRounds) return false;
  const Matrix coordinates = rows_ * axes_.transpose();
  const auto row_count = static_cast<float>(rows_.rows());
  for (Eigen::Index j = 0; j < coordinates.cols(); ++j) {
    variances_[static_cast<size_t>(j)] = row_count > 0 ? coordinates.col(j).squaredNorm() / row_count : 0;
  }
  // The last round's only use is the variances of the axes as they are.
  if (++round_ < kRounds) Orthonormalize(coordinates.transpose() * rows_);
  return true;
}

// Gram-Schmidt, each axis against those before it and twice over, since once leaves what rounding left. An
// axis without variance of its own keeps its old direction, made orthogonal to the others.
void LeadingAxes::Orthonormalize(Matrix axes) {
  constexpr float kVanished = 1e-4f;  // Of its length; what is left then is noise.
  const auto clear = [&axes](Eigen::Index j) {
    const float length = axes.row(j).norm();
    if (!(length > 0) || !std::isfinite(length)) return false;
    axes.row(j) /= length;
    for (int pass = 0; pass < 2; ++pass) {
      for (Eigen::Index before = 0; before < j; ++before) {
        axes.row(j) -= axes.row(j).dot(axes.row(before)) * axes.row(before);
      }
    }
    const float rest = axes.row(j).norm();
    if (!(rest > kVanished)) return false;
    axes.row(j) /= rest;
    return true;
  };
  for (Eigen::Index j = 0; j < axes.rows(); ++j) {
    if (clear(j)) continue;
    if (axes_.rows() > j) {
      axes.row(j) = axes_.row(j);
      if (clear(j)) continue;
    }
    // Some unit vector is never in the span of fewer axes than dimensions.
    for (Eigen::Index i = 0; i < axes.cols(); ++i) {
      axes.row(j).setZero();
      axes(j, (i + j) % axes.cols()) = 1;
      if (clear(j)) break;
    }
  }
  axes_ = std::move(axes);
}

}  // namespace strata
