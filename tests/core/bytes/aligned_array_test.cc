#include "bytes/aligned_array.h"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

namespace strata {
namespace {

template <typename T>
bool IsAligned(const AlignedArray<T>& array) {
  return reinterpret_cast<uintptr_t>(array.data()) % AlignedArray<T>::kAlignment == 0;
}

TEST(AlignedArrayTest, BeginsAtItsAlignmentAndWithZeros) {
  for (const size_t size : {0, 1, 31, 32, 1000}) {
    const AlignedArray<uint32_t> array(size);
    EXPECT_TRUE(IsAligned(array));
    EXPECT_EQ(array.size(), size);
    for (const uint32_t value : array.span()) EXPECT_EQ(value, 0u);
  }
}

TEST(AlignedArrayTest, CopiesAndMovesKeepValuesAndAlignment) {
  AlignedArray<uint32_t> array(100);
  std::iota(array.span().begin(), array.span().end(), 5u);
  const AlignedArray<uint32_t> copy = array;
  const AlignedArray<uint32_t> moved = std::move(array);
  EXPECT_TRUE(IsAligned(copy) && IsAligned(moved));
  for (uint32_t i = 0; i < 100; ++i) {
    EXPECT_EQ(copy[i], 5 + i);
    EXPECT_EQ(moved[i], 5 + i);
  }
}

}  // namespace
}  // namespace strata
