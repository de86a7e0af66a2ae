#include "quant/random_rotation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/random.h"
#include "vector/distance.h"
#include "vector/every_target.h"
#include "vector/float_kernels.h"
#include "vector/hadamard_kernels.h"

namespace strata {
namespace {

struct Shape {
  uint32_t dimension;
  uint32_t padded;
};
constexpr Shape kShapes[] = {{1, 128},   {100, 128}, {128, 128},  {200, 256},
                             {300, 384}, {784, 896}, {1280, 1280}};

// The images of all unit vectors.
std::vector<float> Matrix(const RandomRotation& rotation) {
  const size_t padded = rotation.padded_dimension();
  std::vector<float> rows(rotation.dimension() * padded);
  for (size_t i = 0; i < rotation.dimension(); ++i) {
    rows[i * padded + i] = 1;
    rotation.Apply(&rows[i * padded]);
  }
  return rows;
}

// Each sum of the 4 * log2(d) layers rounds by 2^-24 of a number below 1.
TEST(RandomRotationTest, IsOrthogonal) {
  for (const auto [dimension, padded] : kShapes) {
    SCOPED_TRACE(dimension);
    const std::vector<float> rows = Matrix(RandomRotation(dimension, padded, 7));
    for (size_t i = 0; i < dimension; ++i) {
      for (size_t j = 0; j <= i; j += 1 + i / 16) {
        EXPECT_NEAR(Dot(&rows[i * padded], &rows[j * padded], padded), i == j ? 1 : 0, 1e-5);
      }
      EXPECT_NEAR(Norm(&rows[i * padded], padded), 1, 1e-5);
    }
  }
}

// A unit vector is the hardest to spread, being all in one place. Of normally distributed components, one in
// 15,800 is beyond 4 deviations; no shape has more than 1.5 in 1,000 beyond them with any of these seeds.
TEST(RandomRotationTest, SpreadsUnitVectorsOverAllComponents) {
  for (const auto [dimension, padded] : kShapes) {
    SCOPED_TRACE(dimension);
    size_t beyond = 0;
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      for (const float x : Matrix(RandomRotation(dimension, padded, seed)))
        beyond += std::fabs(x) * std::sqrt(static_cast<float>(padded)) > 4;
    }
    EXPECT_LE(static_cast<double>(beyond), 0.0015 * 3 * dimension * padded);
  }
}

// What the quantizer relies on: over rotations, the image of a vector points everywhere alike. The mean of
// 2,000 signs has a deviation of 0.022.
TEST(RandomRotationTest, IsRandomOverSeeds) {
  std::vector<float> mean(384);
  double product = 0;
  constexpr int kSeeds = 2000;
  for (int seed = 0; seed < kSeeds; ++seed) {
    std::vector<float> x(384);
    x[0] = 1;
    RandomRotation(300, 384, static_cast<uint64_t>(seed)).Apply(x.data());
    for (size_t i = 0; i < 384; ++i) mean[i] += x[i] > 0 ? 1.0f / kSeeds : -1.0f / kSeeds;
    product += x[17] * x[18] * 384 / kSeeds;
  }
  for (const float m : mean) EXPECT_NEAR(m, 0, 5 * 0.0224);
  EXPECT_NEAR(product, 0, 5 * 0.0224);
}

TEST(RandomRotationTest, DependsOnTheSeedAlone) {
  std::vector<float> once(384, 0.5f), again = once, other = once;
  RandomRotation(300, 384, 3).Apply(once.data());
  RandomRotation(300, 384, 3).Apply(again.data());
  RandomRotation(300, 384, 4).Apply(other.data());
  EXPECT_EQ(once, again);
  EXPECT_NE(once, other);
}

// H is the matrix of (-1)^(ones in i & j).
TEST(HadamardKernelsTest, EqualTheMatrixProduct) {
  Random random(8);
  for (const size_t n : {8, 16, 64, 256, 1024}) {
    SCOPED_TRACE(n);
    std::vector<float> x(n);
    for (float& value : x) value = static_cast<float>(random.Unit()) - 0.5f;
    std::vector<double> expected(n);
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) expected[i] += std::popcount(i & j) % 2 ? -double{x[j]} : double{x[j]};
    }
    ForEveryTarget([&] {
      std::vector<float> transformed = x;
      HadamardTransform(transformed.data(), n);
      for (size_t i = 0; i < n; ++i)
        EXPECT_NEAR(transformed[i], expected[i] / std::sqrt(static_cast<double>(n)), 1e-5);
    });
  }
}

TEST(HadamardKernelsTest, PairsEqualPlainOnes) {
  Random random(9);
  for (const size_t n : {1, 7, 192, 449}) {
    std::vector<float> a(n), b(n);
    for (float& value : a) value = static_cast<float>(random.Unit()) - 0.5f;
    for (float& value : b) value = static_cast<float>(random.Unit()) - 0.5f;
    ForEveryTarget([&] {
      std::vector<float> sum = a, difference = b;
      HadamardPairs(sum.data(), difference.data(), n);
      for (size_t i = 0; i < n; ++i) {
        EXPECT_NEAR(sum[i], (a[i] + b[i]) * std::sqrt(0.5f), 1e-6);
        EXPECT_NEAR(difference[i], (a[i] - b[i]) * std::sqrt(0.5f), 1e-6);
      }
    });
  }
}

}  // namespace
}  // namespace strata
