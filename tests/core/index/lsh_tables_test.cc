#include "index/lsh_tables.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using Buckets = std::map<uint32_t, std::vector<Row>>;

// Keys of `bits` bits, topmost, for every row but each seventh; the same buckets in maps.
LshTables Build(uint32_t table_count, uint32_t row_count, uint32_t bits, std::vector<Buckets>* maps) {
  Random random(9);
  std::vector<Row> rows;
  for (Row row = 0; row < row_count; ++row) {
    if (row % 7 != 3) rows.push_back(row);
  }
  LshTablesBuilder builder(table_count, rows);
  maps->resize(table_count);
  for (size_t i = 0; i < rows.size(); ++i) {
    for (uint32_t table = 0; table < table_count; ++table) {
      const uint32_t key = static_cast<uint32_t>(random.Next()) >> (32 - bits) << (32 - bits);
      builder.SetKey(table, i, key);
      (*maps)[table][key].push_back(rows[i]);
    }
  }
  for (uint32_t table = 1; table < table_count; ++table) EXPECT_FALSE(builder.SortNext());
  EXPECT_TRUE(builder.SortNext());
  return builder.Finish();
}

TEST(LshTablesTest, FindExactlyTheRowsOfEveryKey) {
  for (const uint32_t bits : {1, 8, 32}) {
    SCOPED_TRACE(bits);
    std::vector<Buckets> maps;
    const LshTables tables = Build(3, 1000, bits, &maps);
    EXPECT_THAT(tables.CheckInvariants(1000), IsOk());
    for (uint32_t table = 0; table < 3; ++table) {
      EXPECT_EQ(tables.BucketCount(table), maps[table].size());
      for (const auto& [key, rows] : maps[table]) {
        const auto found = tables.Find(table, key);
        EXPECT_EQ(std::vector<Row>(found.begin(), found.end()), rows);
        for (const uint32_t other : {key - 1, key + 1, ~key}) {
          EXPECT_EQ(tables.Find(table, other).empty(), !maps[table].contains(other));
        }
      }
    }
  }
}

TEST(LshTablesTest, TablesOfNoRowsFindNothing) {
  LshTablesBuilder builder(2, {});
  EXPECT_FALSE(builder.SortNext());
  EXPECT_TRUE(builder.SortNext());
  const LshTables tables = builder.Finish();
  EXPECT_THAT(tables.CheckInvariants(0), IsOk());
  EXPECT_EQ(tables.hashed_row_count(), 0u);
  EXPECT_TRUE(tables.Find(1, 0).empty());
}

TEST(LshTablesTest, ArraysThatBreakARuleAreRefused) {
  // Two tables over rows 0, 1 and 3 of four.
  struct Arrays {
    std::vector<uint32_t> first_bucket = {0, 2, 3};
    std::vector<uint32_t> keys = {5, 9, 7};
    std::vector<uint32_t> offsets = {0, 2, 3, 6};
    std::vector<Row> rows = {0, 3, 1, 0, 1, 3};
  };
  const auto load = [](const Arrays& arrays) {
    return LshTables::FromArrays(4, arrays.first_bucket, arrays.keys, arrays.offsets, arrays.rows);
  };
  ASSERT_THAT(load({}), IsOk());
  const std::vector<Arrays> bad = {
      {.first_bucket = {0, 3, 2}},
      {.first_bucket = {1, 2, 3}},
      {.first_bucket = {0}},
      {.first_bucket = {}},
      {.first_bucket = {0, 2, 4}},
      {.first_bucket = {0, 1, 3}},  // Tables of unequal numbers of rows.
      {.keys = {9, 5, 7}},
      {.keys = {5, 5, 7}},
      {.keys = {5, 9}},
      {.offsets = {0, 3, 2, 6}},
      {.offsets = {0, 0, 3, 6}},
      {.offsets = {0, 2, 3, 0x7fffffff}},
      {.offsets = {0, 2, 3}},
      {.rows = {0, 4, 1, 0, 1, 3}},  // A row that is not there,
      {.rows = {3, 0, 1, 0, 1, 3}},  // a bucket that does not ascend,
      {.rows = {0, 3, 3, 0, 1, 3}},  // a row twice,
      {.rows = {0, 3, 1, 0, 1, 2}},  // other rows in each table,
      {.rows = {0, 3, 1, 0, 1}},     // too few.
  };
  for (size_t i = 0; i < bad.size(); ++i) EXPECT_THAT(load(bad[i]), IsError(ErrorCode::kCorruption)) << i;
}

}  // namespace
}  // namespace strata
