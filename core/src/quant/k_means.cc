#include "quant/k_means.h"

#include <algorithm>
#include <limits>

#include "bytes/mix.h"

namespace strata {
namespace {

// The `place`-th number of a sequence of its own for every seed, uniform in [0, 1).
double UniformAt(uint64_t place, uint64_t seed) {
  return static_cast<double>(MixBits(MixBits(seed) + (place + 1) * kGoldenRatio) >> 11) * 0x1p-53;
}

}  // namespace

// Sums are doubles, so a mean of floats is a float.
void MoveCentroids(const SliceRows& rows, std::span<NearestCentroid> nearest, RowMajorMatrixXf* centroids) {
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(centroids->rows(), centroids->cols());
  std::vector<size_t> count(static_cast<size_t>(centroids->cols()));
  for (size_t row = 0; row < rows.row_count; ++row) {
    const uint32_t c = nearest[row].index;
    sums.col(c) += rows.Row(row).cast<double>();
    ++count[c];
  }
  for (size_t c = 0; c < count.size(); ++c) {
    const auto column = static_cast<Eigen::Index>(c);
    if (count[c] > 0) {
      centroids->col(column) = (sums.col(column) / static_cast<double>(count[c])).cast<float>();
      continue;
    }
    const auto farthest = std::ranges::max_element(nearest, {}, &NearestCentroid::squared_distance);
    if (farthest == nearest.end() || !(farthest->squared_distance > 0)) continue;
    centroids->col(column) = rows.Row(static_cast<size_t>(farthest - nearest.begin()));
    farthest->squared_distance = 0;
  }
}

KMeans::KMeans(const SliceRows& rows, size_t centroid_count, uint64_t seed)
    : rows_(rows), seed_(seed), nearest_(rows.row_count) {
  centroids_.setZero(static_cast<Eigen::Index>(rows.width), static_cast<Eigen::Index>(centroid_count));
}

bool KMeans::Step() {
  if (round_ > kRoundsMax || rows_.row_count == 0) return false;
  if (round_ == 0) {
    Start();
    round_ = 1;
    return true;
  }
  const double error_before = error_;
  AssignRows();
  MoveCentroids(rows_, nearest_, &centroids_);
  const bool gained = round_ == 1 || error_ < error_before * (1 - kGainMin);
  round_ = gained ? round_ + 1 : kRoundsMax + 1;
  return true;
}

CentroidColumns KMeans::columns() const {
  return {
      .components = centroids_.data(), .width = rows_.width, .count = static_cast<size_t>(centroids_.cols())};
}

// Each centroid is a row, drawn with a probability in proportion to its squared distance from the centroids
// before.
void KMeans::Start() {
  const size_t row_count = rows_.row_count;
  for (NearestCentroid& nearest : nearest_) nearest.squared_distance = std::numeric_limits<float>::max();
  size_t drawn =
      std::min(static_cast<size_t>(UniformAt(0, seed_) * static_cast<double>(row_count)), row_count - 1);
  for (size_t c = 0; c < static_cast<size_t>(centroids_.cols()); ++c) {
    centroids_.col(static_cast<Eigen::Index>(c)) = rows_.Row(drawn);
    double total = 0;
    for (size_t row = 0; row < row_count; ++row) {
      const float squared = (rows_.Row(row) - rows_.Row(drawn)).squaredNorm();
      nearest_[row].squared_distance = std::min(nearest_[row].squared_distance, squared);
      total += nearest_[row].squared_distance;
    }
    // Where all rows are centroids already, the last row is drawn once more.
    double left = UniformAt(c + 1, seed_) * total;
    for (drawn = 0; drawn + 1 < row_count; ++drawn) {
      left -= nearest_[drawn].squared_distance;
      if (left < 0) break;
    }
  }
}

void KMeans::AssignRows() {
  error_ = 0;
  for (size_t row = 0; row < rows_.row_count; ++row) {
    nearest_[row] = FindNearest(rows_.Row(row).data(), columns());
    error_ += nearest_[row].squared_distance;
  }
}

}  // namespace strata
