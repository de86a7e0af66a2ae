#include "vector/fast_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/random.h"
#include "vector/every_target.h"

namespace strata {
namespace {

uint16_t PlainSum(const ScanTables& tables, const uint8_t* code) {
  unsigned sum = 0;
  for (size_t t = 0; t < tables.pairs.size(); ++t) {
    const uint8_t byte = code[tables.byte_of[t]];
    sum += tables.pairs[t].low[byte & 15];
    sum += tables.pairs[t].high[byte >> 4];
  }
  EXPECT_LE(sum, UINT16_MAX);
  return static_cast<uint16_t>(sum);
}

std::vector<uint8_t> RandomBytes(Random& random, size_t count) {
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Below(256));
  return bytes;
}

// The rows' codes put side by side, by the definition of a block.
std::vector<uint8_t> PlainBlocks(const std::vector<uint8_t>& codes, size_t code_bytes) {
  std::vector<uint8_t> blocks(codes.size());
  for (size_t at = 0; at < codes.size(); ++at) {
    const size_t row = at / code_bytes, byte = at % code_bytes;
    const size_t block = row / kScanRows;
    blocks[(block * code_bytes + byte) * kScanRows + row % kScanRows] = codes[at];
  }
  return blocks;
}

TEST(FastScanTest, EqualsPlainLookUpsForEveryNumberOfTables) {
  Random random(7);
  for (const size_t code_bytes : {1, 2, 19, 32, 96, 256}) {
    for (const size_t pair_count : {code_bytes, code_bytes + code_bytes / 4}) {
      if (pair_count > kScanPairsMax) continue;
      std::vector<ScanTablePair> pairs(pair_count);
      std::vector<uint16_t> byte_of(pair_count);
      for (size_t t = 0; t < pair_count; ++t) {
        for (uint8_t& number : pairs[t].low) number = static_cast<uint8_t>(random.Below(kScanEntryMax + 1));
        for (uint8_t& number : pairs[t].high) number = static_cast<uint8_t>(random.Below(kScanEntryMax + 1));
        byte_of[t] = static_cast<uint16_t>(t < code_bytes ? t : random.Below(code_bytes));
      }
      const ScanTables tables{.pairs = pairs, .byte_of = byte_of};
      constexpr size_t kBlocks = 3;
      const std::vector<uint8_t> codes = RandomBytes(random, kBlocks * kScanRows * code_bytes);
      const std::vector<uint8_t> blocks = PlainBlocks(codes, code_bytes);
      ForEveryTarget([&] {
        std::vector<uint16_t> sums(kBlocks * kScanRows);
        ScanBlocks(tables, blocks.data(), kBlocks, code_bytes, sums.data());
        for (size_t row = 0; row < sums.size(); ++row) {
          ASSERT_EQ(sums[row], PlainSum(tables, &codes[row * code_bytes])) << code_bytes << " row " << row;
        }
      });
    }
  }
}

// Sums of 16 bits have no room to spare: the largest numbers in the most tables.
TEST(FastScanTest, DoesNotOverflow) {
  ScanTablePair largest;
  std::ranges::fill(largest.low, kScanEntryMax);
  std::ranges::fill(largest.high, kScanEntryMax);
  const std::vector<ScanTablePair> pairs(kScanPairsMax, largest);
  std::vector<uint16_t> byte_of(kScanPairsMax);
  for (size_t t = 0; t < byte_of.size(); ++t) byte_of[t] = static_cast<uint16_t>(t);
  Random random(8);
  const std::vector<uint8_t> block = RandomBytes(random, kScanPairsMax * kScanRows);
  ForEveryTarget([&] {
    std::vector<uint16_t> sums(kScanRows);
    ScanBlocks({.pairs = pairs, .byte_of = byte_of}, block.data(), 1, kScanPairsMax, sums.data());
    for (const uint16_t sum : sums) EXPECT_EQ(sum, kScanPairsMax * 2 * kScanEntryMax);
  });
}

TEST(FastScanTest, InterleavedRowsAreABlock) {
  Random random(9);
  for (const size_t code_bytes : {16, 48, 96}) {
    const std::vector<uint8_t> codes = RandomBytes(random, kScanRows * code_bytes);
    std::vector<const uint8_t*> rows;
    for (size_t row = 0; row < kScanRows; ++row) rows.push_back(&codes[row * code_bytes]);
    ForEveryTarget([&] {
      std::vector<uint8_t> block(codes.size());
      InterleaveRows(rows.data(), code_bytes, block.data());
      EXPECT_EQ(block, PlainBlocks(codes, code_bytes));
    });
  }
}

}  // namespace
}  // namespace strata
