#include "vector/select_kernels.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace strata {
namespace {

TEST(SelectKernelsTest, SelectsWhatIsNotAboveTheLimit) {
  std::mt19937 random(1);
  for (const size_t count : {0u, 32u, 96u, 1024u}) {
    std::vector<uint16_t> numbers(count);
    for (uint16_t& x : numbers) x = static_cast<uint16_t>(random());
    for (const uint32_t limit : {0u, 100u, 5000u, 32767u, 32768u, 65000u, 65535u}) {
      std::vector<uint32_t> expected, selected(count);
      for (uint32_t i = 0; i < count; ++i) {
        if (numbers[i] <= limit) expected.push_back(i);
      }
      selected.resize(SelectAtMost(numbers.data(), count, static_cast<uint16_t>(limit), selected.data()));
      EXPECT_EQ(selected, expected);
    }
  }
}

}  // namespace
}  // namespace strata
