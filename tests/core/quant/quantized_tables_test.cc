#include "quant/quantized_tables.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/random.h"

namespace strata {
namespace {

// Slices range as far as `range(j)`.
template <typename Range>
RowMajorMatrixXf RandomTable(Random& random, size_t slice_count, Range range) {
  RowMajorMatrixXf table(static_cast<Eigen::Index>(slice_count), 16);
  for (size_t j = 0; j < slice_count; ++j) {
    const double low = random.Unit() - 0.5, width = range(j);
    for (Eigen::Index c = 0; c < 16; ++c) {
      table(static_cast<Eigen::Index>(j), c) = static_cast<float>(low + width * random.Unit());
    }
  }
  return table;
}

struct Sums {
  float exact = 0;
  uint32_t numbers = 0;
  uint32_t scanned = 0;
};

Sums SumsOf(const RowMajorMatrixXf& table, const QuantizedTables& tables, const std::vector<uint8_t>& code) {
  Sums sums;
  for (Eigen::Index j = 0; j < table.rows(); ++j) {
    sums.exact += table(j, code[static_cast<size_t>(j) / 2] >> (j % 2 * 4) & 15);
  }
  for (size_t i = 0; i < code.size(); ++i) sums.numbers += tables.Number(i, code[i]);
  const ScanTables scan = tables.scan_tables();
  for (size_t t = 0; t < scan.pairs.size(); ++t) {
    const uint8_t byte = code[scan.byte_of[t]];
    sums.scanned += uint32_t{scan.pairs[t].low[byte & 15]} + scan.pairs[t].high[byte >> 4];
  }
  return sums;
}

// Half a step for each slice at most; and the two forms of the same integers agree.
TEST(QuantizedTablesTest, SumsAreWithinTheErrorOfRoundingHoweverSlicesRange) {
  Random random(1);
  for (const size_t slice_count : {1, 2, 3, 37, 192, 511, 512}) {
    for (int kind = 0; kind < 3; ++kind) {
      const RowMajorMatrixXf table = RandomTable(random, slice_count, [&](size_t j) {
        return kind == 0 ? 1 : kind == 1 ? random.Unit() : 50.0 / static_cast<double>(1 + j);
      });
      const QuantizedTables tables(table);
      const ScanTables scan = tables.scan_tables();
      EXPECT_LE(scan.pairs.size(), kScanPairsMax);
      EXPECT_EQ(scan.pairs.size(), scan.byte_of.size());
      for (const ScanTablePair& pair : scan.pairs) {
        for (size_t c = 0; c < 16; ++c) EXPECT_LE(std::max(pair.low[c], pair.high[c]), kScanEntryMax);
      }
      for (int trial = 0; trial < 50; ++trial) {
        std::vector<uint8_t> code((slice_count + 1) / 2);
        for (uint8_t& byte : code) byte = static_cast<uint8_t>(random.Below(256));
        if (slice_count % 2 == 1) code.back() &= 15;
        const Sums sums = SumsOf(table, tables, code);
        EXPECT_EQ(sums.scanned, sums.numbers);
        EXPECT_LE(sums.scanned, UINT16_MAX);
        EXPECT_NEAR(tables.ToFloat(sums.numbers), sums.exact,
                    tables.step() * 0.5f * static_cast<float>(slice_count) + 1e-3f);
      }
    }
  }
}

// One slice that ranges 40 times as far as the 63 others must not take their precision: with one table for
// it, the step would be 40 / 127, and 3 of them would span all the others have.
TEST(QuantizedTablesTest, ASliceThatRangesFarGetsMoreTables) {
  Random random(2);
  const RowMajorMatrixXf table = RandomTable(random, 64, [](size_t j) { return j == 5 ? 40 : 1; });
  const QuantizedTables tables(table);
  EXPECT_LT(tables.step(), 40.0f / 127 / 4);
  EXPECT_LE(tables.scan_tables().pairs.size(), 32u + 8);
}

TEST(QuantizedTablesTest, SlicesThatRangeAlikeNeedNoMoreTables) {
  Random random(3);
  const QuantizedTables tables(RandomTable(random, 64, [](size_t) { return 1; }));
  EXPECT_EQ(tables.scan_tables().pairs.size(), 32u);
}

TEST(QuantizedTablesTest, EqualEntriesSumToTheirSum) {
  const RowMajorMatrixXf table = RowMajorMatrixXf::Constant(9, 16, 2.5f);
  const QuantizedTables tables(table);
  EXPECT_EQ(tables.ToFloat(tables.Number(0, 0x21)), 22.5f);
}

}  // namespace
}  // namespace strata
