#include "vector/pca.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace strata {
namespace {

using RowMajorMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstRows = Eigen::Map<const RowMajorMatrix>;

ConstRows MapRows(std::span<const float> rows, size_t dimension) {
  const size_t row_count = dimension == 0 ? 0 : rows.size() / dimension;
  return ConstRows(rows.data(), static_cast<Eigen::Index>(row_count), static_cast<Eigen::Index>(dimension));
}

// The covariance of the rows times `v`, up to the factor 1 / n.
Eigen::VectorXf TimesScatter(const ConstRows& rows, const Eigen::VectorXf& mean, const Eigen::VectorXf& v) {
  Eigen::VectorXf coordinates = rows * v;
  coordinates.array() -= mean.dot(v);
  Eigen::VectorXf product = rows.transpose() * coordinates;
  product -= mean * coordinates.sum();
  return product;
}

}  // namespace

Pca FitPca(std::span<const float> rows_span, size_t dimension, size_t axis_count) {
  const ConstRows rows = MapRows(rows_span, dimension);
  const auto d = static_cast<Eigen::Index>(dimension);
  axis_count = std::min(axis_count, dimension);
  Pca pca{.dimension = dimension, .variance_share = std::vector<float>(axis_count)};
  Eigen::VectorXf mean = Eigen::VectorXf::Zero(d);
  if (rows.rows() > 0) mean = rows.colwise().mean();

  double total = 0;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) total += (rows.row(i).transpose() - mean).squaredNorm();

  // Column j is kept orthogonal to the ones before it, so it converges to the j-th axis while they converge
  // to theirs.
  constexpr int kRoundsMax = 60;
  constexpr float kConverged = 1e-6f;  // 1 - |cosine| between the axis of one round and of the next.
  Eigen::MatrixXf axes(d, static_cast<Eigen::Index>(axis_count));
  for (Eigen::Index j = 0; j < axes.cols(); ++j) {
    // Unlike for every j, and hardly orthogonal to anything.
    for (Eigen::Index i = 0; i < d; ++i) axes(i, j) = 1.0f / static_cast<float>(1 + (i + 7 * j) % 13);
  }
  Eigen::VectorXf variance = Eigen::VectorXf::Zero(axes.cols());
  for (int round = 0; round < kRoundsMax; ++round) {
    bool converged = round > 0;
    for (Eigen::Index j = 0; j < axes.cols(); ++j) {
      Eigen::VectorXf next =
          round == 0 ? Eigen::VectorXf(axes.col(j)) : TimesScatter(rows, mean, axes.col(j));
      variance(j) = round == 0 ? 0 : axes.col(j).dot(next);
      for (Eigen::Index before = 0; before < j; ++before) {
        next -= axes.col(before) * axes.col(before).dot(next);
      }
      const float length = next.norm();
      if (!(length > 0)) continue;  // No variance is left in this direction: any axis will do.
      next /= length;
      converged = converged && 1 - std::fabs(axes.col(j).dot(next)) < kConverged;
      axes.col(j) = next;
    }
    if (converged) break;
  }

  for (Eigen::Index j = 0; j < axes.cols(); ++j) {
    Eigen::Index largest = 0;
    axes.col(j).cwiseAbs().maxCoeff(&largest);
    if (axes(largest, j) < 0) axes.col(j) *= -1;
    if (total > 0) {
      const double share = std::clamp(variance(j) / total, 0.0, 1.0);
      pca.variance_share[static_cast<size_t>(j)] = static_cast<float>(share);
    }
  }
  pca.mean.assign(mean.data(), mean.data() + mean.size());
  pca.axes.assign(axes.data(), axes.data() + axes.size());  // Columns of `axes` are rows of pca.axes.
  return pca;
}

std::vector<float> Pca::Project(std::span<const float> rows_span) const {
  const ConstRows rows = MapRows(rows_span, dimension);
  const size_t axis_count = variance_share.size();
  std::vector<float> points(static_cast<size_t>(rows.rows()) * axis_count);
  const Eigen::Map<const Eigen::VectorXf> mean_vector(mean.data(), rows.cols());
  for (size_t j = 0; j < axis_count; ++j) {
    const Eigen::Map<const Eigen::VectorXf> axis(axes.data() + j * dimension, rows.cols());
    const Eigen::VectorXf coordinates = rows * axis;
    const float offset = mean_vector.dot(axis);
    for (size_t i = 0; i < static_cast<size_t>(rows.rows()); ++i) {
      points[i * axis_count + j] = coordinates(static_cast<Eigen::Index>(i)) - offset;
    }
  }
  return points;
}

}  // namespace strata
