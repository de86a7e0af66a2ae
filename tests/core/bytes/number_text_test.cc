#include "bytes/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "support/random.h"

namespace strata {
namespace {

// What JavaScript's String(x) gives: bindings/wasm asks it, and the two must agree. ECMA-262,
// Number::toString.
TEST(NumberTextTest, TheLayoutIsThatOfEcmaScript) {
  const std::pair<double, const char*> cases[] = {{0.0, "0"},
                                                  {-0.0, "0"},
                                                  {1, "1"},
                                                  {-1.5, "-1.5"},
                                                  {100, "100"},
                                                  {123456, "123456"},
                                                  {0.1, "0.1"},
                                                  {0.000001, "0.000001"},
                                                  {1e-7, "1e-7"},
                                                  {1.25e-7, "1.25e-7"},
                                                  {1e20, "100000000000000000000"},
                                                  {1e21, "1e+21"},
                                                  {-1e300, "-1e+300"},
                                                  {1.5e21, "1.5e+21"},
                                                  {12.5, "12.5"},
                                                  {5e-324, "5e-324"},
                                                  {1234.5678, "1234.5678"},
                                                  {1.7976931348623157e308, "1.7976931348623157e+308"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(ShortestText(value), text);
}

TEST(NumberTextTest, TheShortestTextReadsBackAsTheSameDouble) {
  Random random(7);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(random.Next());
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(NearestDouble(ShortestText(value)), value) << ShortestText(value);
  }
}

TEST(NumberTextTest, WhatNoDoubleIsNearToHasNoValue) {
  EXPECT_EQ(NearestDouble("1e400"), std::nullopt);
  EXPECT_EQ(NearestDouble("-1e-400"), std::nullopt);
  EXPECT_EQ(NearestDouble("0e-400"), 0.0);
}

}  // namespace
}  // namespace strata
