#include "vector/word_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "vector/every_target.h"

namespace strata {
namespace {

// Rows in groups of four and a rest; more columns than one block of 1,024 products.
TEST(WordKernelsTest, DotsEqualPlainOnesForEveryNumberOfRows) {
  std::mt19937 random(4);
  std::uniform_int_distribution<int> word(-kWordMax, kWordMax);
  constexpr float kFactor = 0.25f;
  for (const size_t stride : {32, 64, 800, 1024, 1056, 4096}) {
    for (const size_t row_count : {1, 3, 4, 9}) {
      std::vector<int16_t> words(stride), matrix(stride * row_count);
      for (int16_t& x : words) x = static_cast<int16_t>(word(random));
      for (int16_t& x : matrix) x = static_cast<int16_t>(word(random));
      ForEveryTarget([&] {
        std::vector<float> dots(row_count);
        WordDots(words.data(), matrix.data(), stride, row_count, kFactor, dots.data());
        for (size_t r = 0; r < row_count; ++r) {
          int64_t plain = 0;
          for (size_t i = 0; i < stride; ++i) plain += int64_t{words[i]} * matrix[r * stride + i];
          const float expected = kFactor * static_cast<float>(plain);
          EXPECT_NEAR(dots[r], expected, 1e-6f * std::fabs(expected) + 64) << stride << " " << r;
        }
      });
    }
  }
}

TEST(WordKernelsTest, TheLargestWordsDoNotOverflow) {
  constexpr size_t kStride = 65536;
  const std::vector<int16_t> words(kStride, kWordMax), row(kStride, -kWordMax);
  ForEveryTarget([&] {
    float dot = 0;
    WordDots(words.data(), row.data(), kStride, 1, 1, &dot);
    const double expected = -double{kStride} * kWordMax * kWordMax;
    EXPECT_NEAR(dot, expected, 1e-6 * std::fabs(expected));
  });
}

TEST(WordKernelsTest, WordsAreTheRoundedDifferencesAtTheScaleOfTheLargest) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  for (const size_t d : {1, 7, 32, 300}) {
    std::vector<float> x(d), centre(d);
    for (float& value : x) value = normal(random);
    for (float& value : centre) value = normal(random);
    float largest = 0;
    for (size_t i = 0; i < d; ++i) largest = std::max(largest, std::fabs(x[i] - centre[i]));
    ForEveryTarget([&] {
      const float scale = WordScale(x.data(), centre.data(), d);
      EXPECT_FLOAT_EQ(scale, kWordMax / largest);
      std::vector<int16_t> words(d);
      MakeWords(x.data(), centre.data(), scale, d, words.data());
      for (size_t i = 0; i < d; ++i) {
        EXPECT_NEAR(words[i], (x[i] - centre[i]) * scale, 0.501f) << i;
        EXPECT_LE(std::abs(words[i]), kWordMax);
      }
    });
  }
}

TEST(WordKernelsTest, WhatHasNoScaleIsToldApart) {
  const std::vector<float> origin(40);
  for (const float value : {0.0f, 1e-42f}) {
    const std::vector<float> x(40, value);
    ForEveryTarget([&] { EXPECT_EQ(WordScale(x.data(), origin.data(), 40), 0); });
  }
}

}  // namespace
}  // namespace strata
