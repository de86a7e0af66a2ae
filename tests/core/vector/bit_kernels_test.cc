#include "vector/bit_kernels.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/random.h"
#include "vector/every_target.h"

namespace strata {
namespace {

constexpr uint32_t kRows = 20;

// Levels of rows, the table of their codes, and a slow dot product.
struct PackedRows {
  PackedRows(size_t d, uint32_t bits, Random& random)
      : dimension(d), stride(PackedBytes(d, bits) + 16), levels(kRows * d) {
    codes.resize(kRows * stride, 0xaa);
    for (uint8_t& level : levels) level = static_cast<uint8_t>(random.Below(size_t{1} << bits));
    for (size_t row = 0; row < kRows; ++row)
      PackLevels(&levels[row * dimension], dimension, bits, &codes[row * stride]);
  }
  CodeTable table() const { return {.bytes = codes.data(), .stride = stride, .code_bytes = stride - 16}; }
  int32_t PlainDot(const std::vector<int8_t>& query, Row row) const {
    int32_t sum = 0;
    for (size_t i = 0; i < dimension; ++i) sum += int32_t{query[i]} * levels[row * dimension + i];
    return sum;
  }

  size_t dimension;
  size_t stride;
  std::vector<uint8_t> levels;
  std::vector<uint8_t> codes;
};

const std::vector<Row> kSomeRows = {7, 0, 19, 7, 3};

TEST(BitKernelsTest, PackedLevelsUnpackToTheSame) {
  Random random(4);
  for (uint32_t bits = 1; bits <= 8; ++bits) {
    const PackedRows rows(384, bits, random);
    std::vector<uint8_t> unpacked(384);
    for (Row row = 0; row < kRows; ++row) {
      UnpackLevels(&rows.codes[row * rows.stride], 384, bits, unpacked.data());
      EXPECT_EQ(unpacked, std::vector<uint8_t>(&rows.levels[row * 384], &rows.levels[row * 384] + 384))
          << bits;
    }
  }
}

// 128 to 8,192 dimensions: less than a step of the widest vectors, all rests, and more steps than a byte can
// count.
TEST(BitKernelsTest, BitDotsEqualPlainOnes) {
  Random random(5);
  for (const size_t dimension : {128, 256, 384, 512, 640, 768, 896, 1024, 1152, 4096, 8192, 65536}) {
    SCOPED_TRACE(dimension);
    const PackedRows rows(dimension, 1, random);
    std::vector<int8_t> query(dimension);
    for (int8_t& x : query) x = static_cast<int8_t>(static_cast<int>(random.Below(16)) - 8);
    const size_t code_bytes = dimension / 8;
    std::vector<uint8_t> planes(kQueryPlanes * code_bytes);
    for (uint32_t plane = 0; plane < kQueryPlanes; ++plane)
      PackBit(query.data(), dimension, plane, &planes[plane * code_bytes]);
    ForEveryTarget([&] {
      std::vector<int32_t> dots(kSomeRows.size());
      BitDots(planes.data(), rows.table(), kSomeRows, dots.data());
      for (size_t i = 0; i < dots.size(); ++i) EXPECT_EQ(dots[i], rows.PlainDot(query, kSomeRows[i]));
    });
  }
}

TEST(BitKernelsTest, PackedDotsEqualPlainOnesForEveryNumberOfBits) {
  Random random(6);
  for (uint32_t bits = 2; bits <= 8; ++bits) {
    for (const size_t dimension : {128, 384, 896}) {
      SCOPED_TRACE(testing::Message() << bits << " bits, dimension " << dimension);
      const PackedRows rows(dimension, bits, random);
      std::vector<int8_t> query(dimension);
      for (int8_t& x : query)
        x = static_cast<int8_t>(static_cast<int>(random.Below(2 * kQueryByteMax + 1)) - kQueryByteMax);
      ForEveryTarget([&] {
        std::vector<int32_t> dots(kSomeRows.size());
        PackedDots(query.data(), bits, rows.table(), kSomeRows, dots.data());
        for (size_t i = 0; i < dots.size(); ++i) EXPECT_EQ(dots[i], rows.PlainDot(query, kSomeRows[i]));
      });
    }
  }
}

// Instructions that add pairs of products in 16 bits saturate first for the largest numbers.
TEST(BitKernelsTest, AreExactForTheLargestLevelsAndDimension) {
  constexpr size_t kDimension = 65536;
  for (uint32_t bits = 1; bits <= 8; ++bits) {
    const std::vector<uint8_t> code(PackedBytes(kDimension, bits), 0xff);
    const CodeTable table{.bytes = code.data(), .stride = code.size(), .code_bytes = code.size()};
    const Row zero = 0;
    for (const int sign : {1, -1}) {
      ForEveryTarget([&] {
        int32_t dot = 0;
        if (bits == 1) {  // All 7, or all -8.
          std::vector<uint8_t> planes(kQueryPlanes * code.size(), sign > 0 ? 0xff : 0);
          std::fill(planes.end() - static_cast<ptrdiff_t>(code.size()), planes.end(),
                    uint8_t{sign > 0 ? uint8_t{0} : uint8_t{0xff}});
          BitDots(planes.data(), table, {&zero, 1}, &dot);
          EXPECT_EQ(dot, (sign > 0 ? 7 : -8) * int32_t{kDimension});
        } else {
          const std::vector<int8_t> query(kDimension, static_cast<int8_t>(sign * kQueryByteMax));
          PackedDots(query.data(), bits, table, {&zero, 1}, &dot);
          EXPECT_EQ(dot, sign * kQueryByteMax * ((1 << bits) - 1) * int32_t{kDimension});
        }
      });
    }
  }
}

}  // namespace
}  // namespace strata
