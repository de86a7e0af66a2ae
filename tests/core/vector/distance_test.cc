#include "vector/distance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace strata {
namespace {

TEST(DistanceTest, IsTheMetricsOwn) {
  const float a[] = {3, 0, 4}, b[] = {0, 0, 2};
  EXPECT_FLOAT_EQ(Distance(Metric::kL2, a, b, 3), std::sqrt(13.0f));
  EXPECT_FLOAT_EQ(Distance(Metric::kCosine, a, b, 3), 1 - 0.8f);
  EXPECT_FLOAT_EQ(Distance(Metric::kDot, a, b, 3), -8);
  EXPECT_FLOAT_EQ(Norm(a, 3), 5);
}

TEST(DistanceTest, OfAVectorToItselfIsZeroForL2AndCosine) {
  const float a[] = {0.1f, -7, 1e-3f, 55};
  EXPECT_EQ(Distance(Metric::kL2, a, a, 4), 0);
  EXPECT_NEAR(Distance(Metric::kCosine, a, a, 4), 0, 1e-6f);
}

TEST(DistanceTest, BatchEqualsOneByOne) {
  const std::vector<float> query = {1, 2, 3, 4, 5}, rows = {5, 4, 3, 2, 1, 0, 0, 1, 0, 0, -1, -2, -3, -4, -5};
  for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
    const ExactDistance exact(metric, query);
    float distances[3];
    exact.Batch(rows.data(), 3, distances);
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(distances[i], exact(&rows[i * 5]));
  }
}

TEST(DistanceTest, OfAZeroVectorUnderCosineIsOne) {
  const float zero[] = {0, 0}, a[] = {1, 2};
  EXPECT_EQ(Distance(Metric::kCosine, zero, a, 2), 1);
  EXPECT_EQ(Distance(Metric::kCosine, a, zero, 2), 1);
  EXPECT_EQ(Distance(Metric::kCosine, zero, zero, 2), 1);
}

// Squares of these leave the range of float at either end.
TEST(DistanceTest, IsRightForTheLargestAndSmallestFloats) {
  constexpr float kHuge = 1e30f, kTiny = 1e-30f, kMax = std::numeric_limits<float>::max();
  const float huge[] = {3 * kHuge, 4 * kHuge}, tiny[] = {3 * kTiny, 4 * kTiny}, zero[] = {0, 0};
  const float across[] = {-4 * kHuge, 3 * kHuge};
  EXPECT_FLOAT_EQ(Distance(Metric::kL2, huge, zero, 2), 5 * kHuge);
  EXPECT_FLOAT_EQ(Distance(Metric::kL2, tiny, zero, 2), 5 * kTiny);
  EXPECT_FLOAT_EQ(Norm(huge, 2), 5 * kHuge);
  EXPECT_FLOAT_EQ(Norm(tiny, 2), 5 * kTiny);
  EXPECT_NEAR(Distance(Metric::kCosine, huge, tiny, 2), 0, 1e-6f);
  EXPECT_NEAR(Distance(Metric::kCosine, huge, across, 2), 1, 1e-6f);
  EXPECT_EQ(Distance(Metric::kDot, huge, across, 2), 0) << "infinity minus infinity in float";
  const float most[] = {kMax, kMax}, least[] = {-kMax, -kMax};
  EXPECT_EQ(Distance(Metric::kL2, most, least, 2), std::numeric_limits<float>::infinity());
}

}  // namespace
}  // namespace strata
