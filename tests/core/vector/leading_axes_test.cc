#include "vector/leading_axes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "vector/float_kernels.h"
#include "vector/pca.h"

namespace strata {
namespace {

// Variances fall by half from one dimension to the next, and the dimensions are mixed.
std::vector<float> MixedRows(size_t row_count, size_t d, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> mix(d * d), rows(row_count * d);
  for (float& x : mix) x = normal(random);
  for (size_t row = 0; row < row_count; ++row) {
    for (size_t i = 0; i < d; ++i) {
      const float along = normal(random) * std::pow(0.5f, static_cast<float>(i)) + 1;
      for (size_t j = 0; j < d; ++j) rows[row * d + j] += along * mix[i * d + j];
    }
  }
  return rows;
}

TEST(LeadingAxesTest, AreTheAxesOfThePlainFit) {
  constexpr size_t kDimension = 20, kAxes = 4;
  const std::vector<float> rows = MixedRows(500, kDimension, 1);
  LeadingAxes leading(rows, kDimension, kAxes);
  while (leading.Step()) {
  }
  const Pca plain = FitPca(rows, kDimension, kAxes);
  for (size_t i = 0; i < kDimension; ++i) EXPECT_NEAR(leading.mean()[i], plain.mean[i], 1e-3);
  for (size_t j = 0; j < kAxes; ++j) {
    const float cosine = Dot(&leading.axes()[j * kDimension], &plain.axes[j * kDimension], kDimension);
    EXPECT_NEAR(std::fabs(cosine), 1, 0.001) << j;
    const double share = leading.variances()[j] / leading.variances()[0];
    EXPECT_NEAR(share, plain.variance_share[j] / plain.variance_share[0], 0.001) << j;
  }
}

TEST(LeadingAxesTest, AxesAreOrthonormalEvenWhereNothingVaries) {
  for (const std::vector<float>& rows : {MixedRows(100, 12, 2), std::vector<float>(12 * 100, 3.0f),
                                         std::vector<float>(), MixedRows(2, 12, 3)}) {
    LeadingAxes leading(rows, 12, 12);
    while (leading.Step()) {
    }
    for (size_t j = 0; j < 12; ++j) {
      for (size_t k = 0; k < 12; ++k) {
        EXPECT_NEAR(Dot(&leading.axes()[j * 12], &leading.axes()[k * 12], 12), j == k, 1e-5) << j << " " << k;
      }
    }
  }
}

}  // namespace
}  // namespace strata
