#include "vector/slot_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace strata {
namespace {

TEST(SlotKernelsTest, PlacesAndTablesAreThoseOfThePlainSums) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 4);
  for (const size_t count : {4u, 12u, 64u}) {
    std::vector<float> a(count), b(count), places(count);
    for (size_t j = 0; j < count; ++j) a[j] = normal(random), b[j] = normal(random);
    const float sum = PlaceOnRulers(a.data(), b.data(), 1.5f, count, places.data());
    std::vector<uint8_t> tables(count * kSlotCount);
    FillSlotTables(places.data(), 3, count, tables.data());
    double expected_sum = 0;
    for (size_t j = 0; j < count; ++j) {
      const double place = (double{a[j]} - b[j]) * 1.5 + 7.5;
      EXPECT_NEAR(places[j], place, 1e-4);
      std::vector<double> squares;
      for (int slot = 0; slot < kSlotCount; ++slot) squares.push_back((place - slot) * (place - slot));
      const double least = std::ranges::min(squares);
      expected_sum += least;
      for (int slot = 0; slot < kSlotCount; ++slot) {
        const double score = std::min((squares[static_cast<size_t>(slot)] - least) * 3, 127.0);
        EXPECT_NEAR(tables[j * kSlotCount + static_cast<size_t>(slot)], score, 0.6);
      }
    }
    EXPECT_NEAR(sum, expected_sum, 1e-3 * (1 + expected_sum));
  }
}

TEST(SlotKernelsTest, APlaceThatIsNoNumberHasTablesAllTheSame) {
  const std::vector<float> places(4, std::numeric_limits<float>::quiet_NaN());
  std::vector<uint8_t> tables(4 * kSlotCount, 1);
  FillSlotTables(places.data(), 1, 4, tables.data());
  EXPECT_EQ(tables, std::vector<uint8_t>(4 * kSlotCount, 0));
}

}  // namespace
}  // namespace strata
