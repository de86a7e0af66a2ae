#include "vector/box_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace strata {
namespace {

TEST(BoxKernelsTest, TheSquaredGapIsThatOfThePlainSum) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> even(-1, 1);
  for (const size_t stride : {4u, 8u, 12u, 16u, 32u, 36u}) {
    for (int repeat = 0; repeat < 100; ++repeat) {
      std::vector<float> low(stride), high(stride), box(2 * stride);
      double expected = 0;
      for (size_t i = 0; i < stride; ++i) {
        low[i] = even(random);
        high[i] = low[i] + 0.1f;
        box[i] = even(random);
        box[stride + i] = box[i] + 0.5f;
        const double gap = std::max({0.0, double{low[i]} - box[stride + i], double{box[i]} - high[i]});
        expected += gap * gap;
      }
      EXPECT_NEAR(SquaredGap(low.data(), high.data(), box.data(), stride), expected, 1e-5 * (1 + expected));
    }
  }
}

TEST(BoxKernelsTest, BoxesThatMeetHaveNoGap) {
  const std::vector<float> low = {0, 0, 0, 0}, high = {1, 1, 1, 1};
  EXPECT_EQ(SquaredGap(low.data(), high.data(), std::vector<float>{1, 1, 0, -2, 3, 1, 0, 0}.data(), 4), 0);
}

}  // namespace
}  // namespace strata
