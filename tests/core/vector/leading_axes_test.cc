#include "vector/leading_axes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "support/result_matchers.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

constexpr size_t kDimension = 50;
constexpr size_t kRows = 400;

// Normal components, the first ones spread farthest, far from the origin.
std::vector<float> SpreadRows() {
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  std::vector<float> rows(kRows * kDimension);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i] = 3 + normal(random) / static_cast<float>(1 + i % kDimension);
  }
  return rows;
}

Pca Fit(const std::vector<float>& rows) { return FitPca(rows, kDimension, {.axis_count = 20}); }

// Words have 10 bits and a sign: an error of half a word in each of 50 components, of query and axis, is some
// thousandths of the length.
TEST(LeadingAxesTest, ComponentsAreThoseOfThePlainProjection) {
  const std::vector<float> rows = SpreadRows();
  const Pca pca = Fit(rows);
  const LeadingAxes axes(pca, 20);
  const std::vector<float> plain = pca.Project(rows);
  for (size_t row = 0; row < kRows; row += 7) {
    const float* const x = &rows[row * kDimension];
    std::vector<float> components(20);
    const float left_out = axes.Apply(x, 1, components.data());
    const float squared_length = SquaredL2(x, pca.mean.data(), kDimension);
    const float tolerance = 0.004f * std::sqrt(squared_length);
    float kept = 0;
    for (size_t j = 0; j < 20; ++j) {
      EXPECT_NEAR(components[j], plain[row * 20 + j], tolerance);
      kept += plain[row * 20 + j] * plain[row * 20 + j];
    }
    EXPECT_NEAR(left_out, squared_length - kept, 0.02f * squared_length);
    EXPECT_GE(left_out, 0);
  }
}

TEST(LeadingAxesTest, AFactorScalesTheVectorFirst) {
  const std::vector<float> rows = SpreadRows();
  const LeadingAxes axes(Fit(rows), 20);
  std::vector<float> halved(rows.begin(), rows.begin() + kDimension);
  for (float& x : halved) x *= 0.5f;
  std::vector<float> by_factor(20), by_hand(20);
  EXPECT_EQ(axes.Apply(rows.data(), 0.5f, by_factor.data()), axes.Apply(halved.data(), 1, by_hand.data()));
  EXPECT_EQ(by_factor, by_hand);
}

TEST(LeadingAxesTest, TheCentreItselfHasNoComponents) {
  const Pca pca = Fit(SpreadRows());
  std::vector<float> components(20, 1);
  EXPECT_EQ(LeadingAxes(pca, 20).Apply(pca.mean.data(), 1, components.data()), 0);
  EXPECT_EQ(components, std::vector<float>(20));
}

TEST(LeadingAxesTest, WhatIsWrittenIsReadBack) {
  const std::vector<float> rows = SpreadRows();
  const LeadingAxes before(Fit(rows), 11);
  const std::vector<std::byte> bytes = before.Serialize();
  EXPECT_EQ(bytes.size(), LeadingAxes::SerializedBytes(kDimension, 11));
  const Result<LeadingAxes> after = LeadingAxes::Parse(kDimension, bytes);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->axis_count(), 11u);
  EXPECT_EQ(after->Serialize(), bytes);
  std::vector<float> components_before(11), components_after(11);
  EXPECT_EQ(after->Apply(rows.data(), 1, components_after.data()),
            before.Apply(rows.data(), 1, components_before.data()));
  EXPECT_EQ(components_after, components_before);
}

TEST(LeadingAxesTest, DamagedBytesAreRefused) {
  const std::vector<std::byte> good = LeadingAxes(Fit(SpreadRows()), 3).Serialize();
  const auto parse = [](std::span<const std::byte> bytes, uint32_t dimension = kDimension) {
    return LeadingAxes::Parse(dimension, bytes).has_value();
  };
  ASSERT_TRUE(parse(good));
  EXPECT_FALSE(parse({}));
  EXPECT_FALSE(parse(std::span(good).first(good.size() - 1)));
  EXPECT_FALSE(parse(std::span(good).first(LeadingAxes::SerializedBytes(kDimension, 0))));
  EXPECT_FALSE(parse(good, kDimension + 1));
  EXPECT_FALSE(parse(good, 0));
  const auto with = [&good](size_t at, const auto& value) {
    std::vector<std::byte> bytes = good;
    std::memcpy(&bytes[at], &value, sizeof value);
    return bytes;
  };
  EXPECT_FALSE(parse(with(0, std::numeric_limits<float>::quiet_NaN()))) << "the centre";
  EXPECT_FALSE(parse(with(kDimension * sizeof(float), 0.0f))) << "the scale";
  EXPECT_FALSE(parse(with(good.size() - 2, int16_t{1024}))) << "a word beyond the largest";
  EXPECT_FALSE(parse(with(good.size() - 2, std::numeric_limits<int16_t>::min())));
}

}  // namespace
}  // namespace strata
