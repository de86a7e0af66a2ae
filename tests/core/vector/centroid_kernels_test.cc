#include "vector/centroid_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/random.h"
#include "vector/every_target.h"

namespace strata {
namespace {

struct Centroids {
  Centroids(Random& random, size_t width, size_t count) : components(width * count), x(width) {
    for (float& component : components) component = static_cast<float>(random.Unit() - 0.5);
    for (float& component : x) component = static_cast<float>(random.Unit() - 0.5);
    columns = {.components = components.data(), .width = width, .count = count};
  }

  double PlainSquaredL2(size_t c) const {
    double sum = 0;
    for (size_t i = 0; i < columns.width; ++i) {
      const double difference = double{x[i]} - components[i * columns.count + c];
      sum += difference * difference;
    }
    return sum;
  }
  double PlainDot(size_t c) const {
    double sum = 0;
    for (size_t i = 0; i < columns.width; ++i) sum += double{x[i]} * components[i * columns.count + c];
    return sum;
  }

  std::vector<float> components;
  std::vector<float> x;
  CentroidColumns columns;
};

TEST(CentroidKernelsTest, EqualPlainSumsForEveryWidth) {
  Random random(4);
  for (const size_t count : {16, 48, 256}) {
    for (const size_t width : {0, 1, 2, 3, 4, 7, 8, 16, 33}) {
      const Centroids centroids(random, width, count);
      ForEveryTarget([&] {
        std::vector<float> squares(count), dots(count);
        SquaredL2ToAll(centroids.x.data(), centroids.columns, squares.data());
        DotsWithAll(centroids.x.data(), centroids.columns, dots.data());
        for (size_t c = 0; c < count; ++c) {
          EXPECT_NEAR(squares[c], centroids.PlainSquaredL2(c), 1e-5);
          EXPECT_NEAR(dots[c], centroids.PlainDot(c), 1e-5);
        }
      });
    }
  }
}

TEST(CentroidKernelsTest, TheNearestIsTheFirstOfThoseThatAreEquallyNear) {
  Random random(5);
  for (const size_t count : {16, 256}) {
    for (int trial = 0; trial < 50; ++trial) {
      Centroids centroids(random, 4, count);
      const size_t first = random.Below(count), second = random.Below(count);
      for (size_t i = 0; i < 4; ++i) {
        centroids.components[i * count + first] = centroids.x[i];
        centroids.components[i * count + second] = centroids.x[i];
      }
      ForEveryTarget([&] {
        const NearestCentroid nearest = FindNearest(centroids.x.data(), centroids.columns);
        EXPECT_EQ(nearest.index, std::min(first, second));
        EXPECT_EQ(nearest.squared_distance, 0);
      });
    }
  }
}

TEST(CentroidKernelsTest, TheNearestHasTheSmallestOfAllDistances) {
  Random random(6);
  for (int trial = 0; trial < 100; ++trial) {
    const Centroids centroids(random, 5, 256);
    ForEveryTarget([&] {
      std::vector<float> squares(256);
      SquaredL2ToAll(centroids.x.data(), centroids.columns, squares.data());
      const NearestCentroid nearest = FindNearest(centroids.x.data(), centroids.columns);
      EXPECT_EQ(nearest.squared_distance, *std::ranges::min_element(squares));
      EXPECT_EQ(nearest.index, std::ranges::min_element(squares) - squares.begin());
    });
  }
}

}  // namespace
}  // namespace strata
