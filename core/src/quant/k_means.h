#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vector/centroid_kernels.h"

namespace strata {

using RowMajorMatrixXf = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Some components of many vectors: those of row i are the `width` floats at values + i * stride. Finite, and
// so are their squared distances.
struct SliceRows {
  const float* values = nullptr;
  size_t stride = 0;
  size_t width = 0;
  size_t row_count = 0;

  Eigen::Map<const Eigen::VectorXf> Row(size_t row) const {
    return {values + row * stride, static_cast<Eigen::Index>(width)};
  }
};

// Moves each centroid (a column) to the mean of the rows that it is nearest to. One that is nearest to none
// goes to the row that is farthest from its own centroid, whose distance in `nearest` becomes 0 so that it is
// not taken twice; where every row is a centroid, it stays. (After the start of k-means++ this hardly ever
// happens: not once in 700 trainings on random rows.)
void MoveCentroids(const SliceRows& rows, std::span<NearestCentroid> nearest, RowMajorMatrixXf* centroids);

// Finds centroids so that the rows lie near to them: k-means, in steps.
//
// Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28(2), 1982, from the start of
// Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007. A centroid that no row
// is nearest to moves to the row that is farthest from its own. The same rows and seed give the same
// centroids on machines with the same instructions.
//
// The textbook way to find the nearest centroids is a matrix product, rows times centroids, and Eigen's is
// good. But a slice is 2 to 16 components wide, where packing the product costs more than computing it, and
// Eigen has no SIMD for WebAssembly: one kernel with a centroid in each lane measures distances in training,
// coding and tables alike (figures in docs/decisions/0011-product-quantization.md).
//
// Invariant: the error never grows from one round to the next, but for rounding.
//
// O(rows * width * centroids) for the start and for each round, of which there are at most kRoundsMax.
// Memory: 8 bytes a row.
class KMeans {
 public:
  static constexpr int kRoundsMax = 15;

  // `rows` must stay until the last Step(). `centroid_count` is a multiple of kCentroidAlignment.
  KMeans(const SliceRows& rows, size_t centroid_count, uint64_t seed);

  // Does the start or a round; false when there was nothing left to do.
  bool Step();

  // (width, centroid_count): a centroid is a column. Zeros as long as there are no rows.
  const RowMajorMatrixXf& centroids() const { return centroids_; }
  // The sum of the squared distances of the rows from their centroids, before the last round moved these.
  double error() const { return error_; }

 private:
  static constexpr double kGainMin = 1e-3;  // Of the error: a round that gains less is the last one.

  CentroidColumns columns() const;
  void Start();
  void AssignRows();

  SliceRows rows_;
  uint64_t seed_;
  RowMajorMatrixXf centroids_;
  std::vector<NearestCentroid> nearest_;  // Of each row.
  double error_ = 0;
  int round_ = 0;  // 0 before the start.
};

}  // namespace strata
