#include "quant/k_means.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/random.h"

namespace strata {
namespace {

constexpr size_t kCentroids = 16;

struct Points {
  // Clusters of a few points each, so that there is something to find.
  Points(Random& random, size_t row_count_given, size_t width_given)
      : width(width_given), row_count(row_count_given), values(row_count * width) {
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(random.Below(6)) + 0.3f * static_cast<float>(random.Unit());
    }
  }
  SliceRows rows() const {
    return {.values = values.data(), .stride = width, .width = width, .row_count = row_count};
  }

  size_t width;
  size_t row_count;
  std::vector<float> values;
};

// Lloyd's algorithm as one would write it down, from the start that KMeans made.
struct PlainLloyd {
  PlainLloyd(const Points& points_given, const RowMajorMatrixXf& start)
      : points(points_given), centroids(start.cast<double>()) {}

  void Round() {
    const Eigen::Index width = centroids.rows();
    std::vector<std::vector<size_t>> members(kCentroids);
    for (size_t row = 0; row < points.row_count; ++row) {
      const Eigen::VectorXd x = Row(row);
      Eigen::Index nearest = 0;
      (centroids.colwise() - x).colwise().squaredNorm().minCoeff(&nearest);
      members[static_cast<size_t>(nearest)].push_back(row);
    }
    for (size_t c = 0; c < kCentroids; ++c) {
      const auto column = static_cast<Eigen::Index>(c);
      Eigen::VectorXd sum = Eigen::VectorXd::Zero(width);
      for (const size_t row : members[c]) sum += Row(row);
      centroids.col(column) = sum / static_cast<double>(members[c].size());
    }
  }
  Eigen::VectorXd Row(size_t row) const {
    return Eigen::Map<const Eigen::VectorXf>(&points.values[row * points.width], centroids.rows())
        .cast<double>();
  }

  const Points& points;
  Eigen::MatrixXd centroids;
};

TEST(KMeansTest, EveryRoundIsThatOfAPlainTwin) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const Points points(random, 40, 2);
    KMeans k_means(points.rows(), kCentroids, seed);
    ASSERT_TRUE(k_means.Step());
    PlainLloyd twin(points, k_means.centroids());
    while (k_means.Step()) {
      twin.Round();
      ASSERT_LT((k_means.centroids().cast<double>() - twin.centroids).cwiseAbs().maxCoeff(), 1e-4);
    }
  }
}

TEST(KMeansTest, ACentroidWithoutRowsGoesToTheFarthestRow) {
  const std::vector<float> values = {0, 1, 2, 30, 40};
  const SliceRows rows{.values = values.data(), .stride = 1, .width = 1, .row_count = 5};
  RowMajorMatrixXf centroids = RowMajorMatrixXf::Constant(1, kCentroids, 7);
  centroids(0, 3) = 5;
  std::vector<NearestCentroid> nearest;
  for (const float x : values) nearest.push_back({.index = 3, .squared_distance = (x - 5) * (x - 5)});
  MoveCentroids(rows, nearest, &centroids);
  EXPECT_FLOAT_EQ(centroids(0, 3), 73.0f / 5);
  const std::vector<float> farthest_first = {40, 30, 0, 1, 2};
  const Eigen::Index others[] = {0, 1, 2, 4, 5};
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(centroids(0, others[i]), farthest_first[i]);
  EXPECT_EQ(centroids(0, 6), 7) << "every row is a centroid by now";
}

TEST(KMeansTest, TheStartIsDifferentRowsFarFromEachOther) {
  // 16 clusters of 50 points, 100 apart: a start that draws rows evenly misses a third of them, k-means++
  // none.
  Random random(3);
  Points points(random, 16 * 50, 3);
  for (size_t row = 0; row < points.row_count; ++row) {
    points.values[row * 3] += 100 * static_cast<float>(row % 16);
  }
  KMeans k_means(points.rows(), kCentroids, 1);
  k_means.Step();
  std::vector<int> first(kCentroids);
  for (size_t c = 0; c < kCentroids; ++c) {
    ++first[static_cast<size_t>(k_means.centroids()(0, static_cast<Eigen::Index>(c)) / 100)];
  }
  EXPECT_EQ(std::ranges::count(first, 1), 16);
}

TEST(KMeansTest, TheErrorNeverGrows) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const Points points(random, 1000, 5);
    KMeans k_means(points.rows(), 256, seed);
    k_means.Step();
    k_means.Step();
    double before = k_means.error();
    EXPECT_GT(before, 0);
    while (k_means.Step()) {
      EXPECT_LE(k_means.error(), before * (1 + 1e-6));
      before = k_means.error();
    }
  }
}

TEST(KMeansTest, TheSameRowsAndSeedGiveTheSameBytes) {
  Random random(5);
  const Points points(random, 500, 4);
  KMeans a(points.rows(), kCentroids, 9), b(points.rows(), kCentroids, 9), c(points.rows(), kCentroids, 10);
  while (a.Step()) {
  }
  while (b.Step()) {
  }
  while (c.Step()) {
  }
  EXPECT_EQ(a.centroids(), b.centroids());
  EXPECT_NE(a.centroids(), c.centroids());
}

TEST(KMeansTest, FewerDifferentRowsThanCentroidsAreAllCentroids) {
  std::vector<float> values;
  for (int i = 0; i < 100; ++i) values.push_back(static_cast<float>(i % 5));
  KMeans k_means({.values = values.data(), .stride = 1, .width = 1, .row_count = 100}, kCentroids, 1);
  while (k_means.Step()) {
  }
  EXPECT_EQ(k_means.error(), 0);
}

TEST(KMeansTest, NoRowsGiveZeros) {
  KMeans k_means({.values = nullptr, .stride = 3, .width = 3, .row_count = 0}, kCentroids, 1);
  EXPECT_FALSE(k_means.Step());
  EXPECT_TRUE(k_means.centroids().isZero(0));
}

}  // namespace
}  // namespace strata
