#include "quant/k_means.h"

#include <algorithm>
#include <limits>
#include <span>

#include "bytes/checksum.h"

namespace strata {
namespace {

// The `place`-th number of a sequence of its own for every seed, uniform in [0, 1).
double UniformAt(uint64_t place, uint64_t seed) {
  return static_cast<double>(Checksum(std::as_bytes(std::span(&place, 1)), seed) >> 11) * 0x1p-53;
}

using ConstVector = Eigen::Map<const Eigen::VectorXf>;

}  // namespace

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
  MoveCentroids();
  const bool gained = round_ == 1 || error_ < error_before * (1 - kGainMin);
  round_ = gained ? round_ + 1 : kRoundsMax + 1;
  return true;
}

CentroidColumns KMeans::columns() const {
  return {
      .components = centroids_.data(), .width = rows_.width, .count = static_cast<size_t>(centroids_.cols())};
}

void KMeans::PlaceAtRow(size_t centroid, size_t row) {
  centroids_.col(static_cast<Eigen::Index>(centroid)) = ConstVector(RowAt(row), centroids_.rows());
}

// Each centroid is a row, drawn with a probability in proportion to its squared distance from the centroids
// before.
void KMeans::Start() {
  const size_t row_count = rows_.row_count;
  for (NearestCentroid& nearest : nearest_) nearest.squared_distance = std::numeric_limits<float>::max();
  size_t drawn =
      std::min(static_cast<size_t>(UniformAt(0, seed_) * static_cast<double>(row_count)), row_count - 1);
  for (size_t c = 0; c < static_cast<size_t>(centroids_.cols()); ++c) {
    PlaceAtRow(c, drawn);
    const ConstVector centroid(RowAt(drawn), centroids_.rows());
    double total = 0;
    for (size_t row = 0; row < row_count; ++row) {
      const float squared = (ConstVector(RowAt(row), centroids_.rows()) - centroid).squaredNorm();
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
    nearest_[row] = FindNearest(RowAt(row), columns());
    error_ += nearest_[row].squared_distance;
  }
}

// Sums are doubles, so a mean of floats is a float.
void KMeans::MoveCentroids() {
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(centroids_.rows(), centroids_.cols());
  std::vector<size_t> count(static_cast<size_t>(centroids_.cols()));
  for (size_t row = 0; row < rows_.row_count; ++row) {
    const uint32_t c = nearest_[row].index;
    sums.col(c) += ConstVector(RowAt(row), centroids_.rows()).cast<double>();
    ++count[c];
  }
  for (size_t c = 0; c < count.size(); ++c) {
    const auto column = static_cast<Eigen::Index>(c);
    if (count[c] > 0) {
      centroids_.col(column) = (sums.col(column) / static_cast<double>(count[c])).cast<float>();
    } else if (const size_t row = FarthestRow(); nearest_[row].squared_distance > 0) {
      PlaceAtRow(c, row);
      nearest_[row].squared_distance = 0;  // Not to be taken twice.
    }
  }
}

size_t KMeans::FarthestRow() {
  return static_cast<size_t>(std::ranges::max_element(nearest_, {}, &NearestCentroid::squared_distance) -
                             nearest_.begin());
}

}  // namespace strata
