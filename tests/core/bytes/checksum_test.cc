#include "bytes/checksum.h"

#include <gtest/gtest.h>

#include "support/files.h"

namespace strata {
namespace {

// Files are read by other builds than the one that wrote them, so the numbers are fixed.
TEST(ChecksumTest, IsXxh3) {
  EXPECT_EQ(Checksum({}), 0x2d06800538d394c2u);
  EXPECT_EQ(Checksum(BytesOf("a")), 0xe6c632b61e964e1fu);
  EXPECT_EQ(Checksum(BytesOf("abc")), 0x78af5f94892f3950u);
}

TEST(ChecksumTest, DependsOnEveryBitAndOnTheSeed) {
  std::string bytes(300, 'x');  // Longer than 240 bytes: the loop that SIMD replaces.
  const uint64_t whole = Checksum(BytesOf(bytes), 5);
  EXPECT_NE(Checksum(BytesOf(bytes), 6), whole);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    EXPECT_NE(Checksum(BytesOf(bytes), 5), whole);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
  }
}

}  // namespace
}  // namespace strata
