#include "filter/row_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/random.h"

namespace strata {
namespace {

std::string Encode(const std::vector<Row>& rows, uint32_t row_count) {
  std::string list;
  AppendRowList(rows, row_count, &list);
  return list;
}

std::vector<Row> Decode(const std::string& list, uint32_t row_count) {
  RowBitmap bitmap(row_count);
  AddRowList(list, &bitmap);
  std::vector<Row> rows;
  bitmap.ForEach([&](Row row) { rows.push_back(row); });
  return rows;
}

std::vector<Row> Draw(Random* random, uint32_t row_count, double share) {
  std::vector<Row> rows;
  for (Row row = 0; row < row_count; ++row) {
    if (random->Unit() < share) rows.push_back(row);
  }
  return rows;
}

TEST(RowListTest, SetsOfAnyDensityComeBack) {
  Random random(3);
  for (const uint32_t row_count : {1u, 7u, 8u, 63u, 64u, 65u, 1000u, 100000u}) {
    for (const double share : {0.0, 0.0001, 0.01, 0.3, 0.5, 0.7, 0.99, 0.9999, 1.0}) {
      const std::vector<Row> rows = Draw(&random, row_count, share);
      const std::string list = Encode(rows, row_count);
      ASSERT_TRUE(IsRowList(list, row_count));
      ASSERT_EQ(Decode(list, row_count), rows) << row_count << " " << share;
      ASSERT_LE(list.size(), 1 + (row_count + 7) / 8);
    }
  }
}

TEST(RowListTest, FewRowsAndAllButFewTakeFewBytes) {
  EXPECT_EQ(Encode({}, 1000000), "");
  EXPECT_EQ(Encode({5}, 1000000), std::string("\0\5", 2));
  std::vector<Row> all;
  for (Row row = 0; row < 1000; ++row) all.push_back(row);
  EXPECT_EQ(Encode(all, 1000), "\1");
  all.erase(all.begin() + 3);
  EXPECT_EQ(Encode(all, 1000), "\1\3");
}

TEST(RowListTest, BytesThatAreNoRowListAreRecognized) {
  EXPECT_TRUE(IsRowList("", 8));
  EXPECT_FALSE(IsRowList("\3", 8));
  EXPECT_FALSE(IsRowList(std::string("\0\x08", 2), 8));
  EXPECT_FALSE(IsRowList(std::string("\0\7\0", 3), 8));
  EXPECT_FALSE(IsRowList(std::string("\0\x80", 2), 8));
  EXPECT_FALSE(IsRowList(std::string("\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12), 8));
  EXPECT_FALSE(IsRowList("\2", 8));
  EXPECT_FALSE(IsRowList("\2\1\1", 8));
  EXPECT_FALSE(IsRowList("\2\x80", 7));
  EXPECT_TRUE(IsRowList("\2\x80", 8));
}

TEST(RowListTest, RandomBytesAreRefusedOrHoldExistingRowsOnly) {
  Random random(4);
  for (int i = 0; i < 20000; ++i) {
    std::string list(random.Below(12), '\0');
    for (char& c : list) c = static_cast<char>(random.Below(2) ? random.Below(4) : random.Below(256));
    const auto row_count = static_cast<uint32_t>(1 + random.Below(40));
    if (IsRowList(list, row_count)) Decode(list, row_count);  // The sanitizers watch.
  }
}

}  // namespace
}  // namespace strata
