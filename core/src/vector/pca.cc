#include "vector/pca.h"

#include <algorithm>
#include <cmath>

#include "vector/float_kernels.h"

namespace strata {
namespace {

// y += factor * x.
void AddScaled(float factor, const float* x, float* y, size_t d) {
  for (size_t i = 0; i < d; ++i) y[i] += factor * x[i];
}

// Rows (n, dimension) and their mean.
struct Centred {
  std::span<const float> rows;
  size_t dimension;
  const float* mean;

  // Calls `visit(row, coordinate of the row on `axis`)`.
  template <typename Visit>
  void OnAxis(const float* axis, Visit visit) const {
    const float offset = Dot(mean, axis, dimension);
    for (size_t at = 0; at + dimension <= rows.size(); at += dimension) {
      visit(&rows[at], Dot(&rows[at], axis, dimension) - offset);
    }
  }

  // The covariance of the rows times `v`, up to the factor 1 / n.
  std::vector<float> TimesScatter(const float* v) const {
    std::vector<float> product(dimension);
    float sum = 0;
    OnAxis(v, [&](const float* row, float coordinate) {
      AddScaled(coordinate, row, product.data(), dimension);
      sum += coordinate;
    });
    AddScaled(-sum, mean, product.data(), dimension);
    return product;
  }
};

}  // namespace

Pca FitPca(std::span<const float> rows, size_t dimension, size_t axis_count) {
  const size_t d = dimension;
  axis_count = std::min(axis_count, d);
  Pca pca{.dimension = d,
          .mean = std::vector<float>(d),
          .axes = std::vector<float>(axis_count * d),
          .variance_share = std::vector<float>(axis_count)};
  if (d == 0) return pca;
  const size_t row_count = rows.size() / d;
  for (size_t i = 0; i < row_count; ++i) {
    AddScaled(1 / static_cast<float>(row_count), &rows[i * d], pca.mean.data(), d);
  }
  double total = 0;
  for (size_t i = 0; i < row_count; ++i) total += SquaredL2(&rows[i * d], pca.mean.data(), d);

  // Axis j is kept orthogonal to the ones before it, so it converges to the j-th axis while they converge to
  // theirs.
  constexpr int kRoundsMax = 60;
  constexpr float kConverged = 1e-6f;  // 1 - |cosine| between the axis of one round and of the next.
  const auto axis = [&](size_t j) { return &pca.axes[j * d]; };
  for (size_t j = 0; j < axis_count; ++j) {
    // Unlike for every j, and hardly orthogonal to anything.
    for (size_t i = 0; i < d; ++i) axis(j)[i] = 1.0f / static_cast<float>(1 + (i + 7 * j) % 13);
  }
  const Centred centred{.rows = rows, .dimension = d, .mean = pca.mean.data()};
  std::vector<double> variance(axis_count);
  for (int round = 0; round < kRoundsMax; ++round) {
    bool converged = round > 0;
    for (size_t j = 0; j < axis_count; ++j) {
      std::vector<float> next =
          round == 0 ? std::vector<float>(axis(j), axis(j) + d) : centred.TimesScatter(axis(j));
      variance[j] = round == 0 ? 0 : Dot(axis(j), next.data(), d);
      for (size_t before = 0; before < j; ++before) {
        AddScaled(-Dot(axis(before), next.data(), d), axis(before), next.data(), d);
      }
      const float length = std::sqrt(Dot(next.data(), next.data(), d));
      if (!(length > 0)) continue;  // No variance is left in this direction: any axis will do.
      converged = converged && 1 - std::fabs(Dot(axis(j), next.data(), d)) / length < kConverged;
      for (size_t i = 0; i < d; ++i) axis(j)[i] = next[i] / length;
    }
    if (converged) break;
  }

  for (size_t j = 0; j < axis_count; ++j) {
    size_t largest = 0;
    for (size_t i = 1; i < d; ++i) {
      if (std::fabs(axis(j)[i]) > std::fabs(axis(j)[largest])) largest = i;
    }
    if (axis(j)[largest] < 0) {
      for (size_t i = 0; i < d; ++i) axis(j)[i] = -axis(j)[i];
    }
    if (total > 0) pca.variance_share[j] = static_cast<float>(std::clamp(variance[j] / total, 0.0, 1.0));
  }
  return pca;
}

std::vector<float> Pca::Project(std::span<const float> rows) const {
  const size_t axis_count = variance_share.size();
  const Centred centred{.rows = rows, .dimension = dimension, .mean = mean.data()};
  std::vector<float> points(dimension == 0 ? 0 : rows.size() / dimension * axis_count);
  for (size_t j = 0; j < axis_count; ++j) {
    size_t at = j;
    centred.OnAxis(&axes[j * dimension], [&](const float*, float coordinate) {
      points[at] = coordinate;
      at += axis_count;
    });
  }
  return points;
}

}  // namespace strata
