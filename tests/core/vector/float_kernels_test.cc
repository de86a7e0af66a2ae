#include "vector/float_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "vector/every_target.h"

namespace strata {
namespace {

// The same sums one by one, in double.
struct PlainSums {
  PlainSums(const float* a, const float* b, size_t d) {
    for (size_t i = 0; i < d; ++i) {
      const double x = a[i], y = b[i];
      squared_l2 += (x - y) * (x - y);
      dot += x * y;
      squared_norm += y * y;
      magnitude += std::fabs(x * y) + (x - y) * (x - y) + y * y;
    }
  }
  double squared_l2 = 0, dot = 0, squared_norm = 0;
  double magnitude = 0;  // What rounding errors are in proportion to.
};

// Dimensions around every multiple of a vector register, and those of real models; unaligned on purpose.
TEST(FloatKernelsTest, EqualPlainSumsForEveryLengthAndInstructionSet) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> a(1025), b(1025);
  for (float& x : a) x = normal(random);
  for (float& x : b) x = normal(random);
  std::vector<size_t> dimensions;
  for (size_t d = 0; d <= 130; ++d) dimensions.push_back(d);
  for (const size_t d : {300, 384, 768, 784, 1023, 1024}) dimensions.push_back(d);
  ForEveryTarget([&] {
    for (const size_t d : dimensions) {
      SCOPED_TRACE(d);
      const float* const x = a.data() + 1;
      const PlainSums plain(x, b.data(), d);
      const double tolerance = 1e-6 * plain.magnitude;
      EXPECT_NEAR(SquaredL2(x, b.data(), d), plain.squared_l2, tolerance);
      EXPECT_NEAR(Dot(x, b.data(), d), plain.dot, tolerance);
      const DotAndSquaredNorm both = DotWithSquaredNorm(x, b.data(), d);
      EXPECT_NEAR(both.dot, plain.dot, tolerance);
      EXPECT_NEAR(both.squared_norm, plain.squared_norm, tolerance);
    }
  });
}

// A kernel that read past the end would fault here under AddressSanitizer.
TEST(FloatKernelsTest, ReadNothingPastTheEnd) {
  ForEveryTarget([] {
    for (size_t d = 1; d <= 70; ++d) {
      const std::vector<float> a(d, 1), b(d, 3);
      EXPECT_EQ(SquaredL2(a.data(), b.data(), d), 4.0f * static_cast<float>(d));
      EXPECT_EQ(Dot(a.data(), b.data(), d), 3.0f * static_cast<float>(d));
      EXPECT_EQ(DotWithSquaredNorm(a.data(), b.data(), d).squared_norm, 9.0f * static_cast<float>(d));
    }
  });
}

TEST(FloatKernelsTest, MultiplyRowsIsOnePlainDotProductForEachPair) {
  std::mt19937 random(8);
  std::normal_distribution<float> normal;
  ForEveryTarget([&] {
    for (const size_t columns : {16, 48, 304}) {
      for (const size_t row_count : {1, 4, 7, 8, 9, 21}) {
        std::vector<float> matrix(row_count * columns), vectors(5 * columns), out(5 * row_count);
        for (float& x : matrix) x = normal(random);
        for (float& x : vectors) x = normal(random);
        MultiplyRows(matrix.data(), row_count, columns, vectors.data(), 5, out.data());
        for (size_t v = 0; v < 5; ++v) {
          for (size_t r = 0; r < row_count; ++r) {
            const PlainSums plain(&vectors[v * columns], &matrix[r * columns], columns);
            EXPECT_NEAR(out[v * row_count + r], plain.dot, 1e-6 * plain.magnitude);
            float alone = 0;
            MultiplyRows(&matrix[r * columns], 1, columns, &vectors[v * columns], 1, &alone);
            EXPECT_EQ(alone, out[v * row_count + r]) << "whatever else is multiplied at the same time";
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace strata
