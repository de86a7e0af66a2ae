#include "lsm/block_index.h"

#include <gtest/gtest.h>

#include <string>

namespace strata {
namespace {

std::optional<BlockIndex> Decode(const BlockIndexBuilder& builder, uint32_t row_count, size_t block_count) {
  return BlockIndex::Decode(std::as_bytes(std::span(builder.bytes())), row_count, block_count);
}

TEST(BlockIndexTest, ASeparatorIsTheShortestPieceAboveThePreviousKey) {
  EXPECT_EQ(BlockIndexBuilder::Separator("", "abc"), "a");
  EXPECT_EQ(BlockIndexBuilder::Separator("abc", "abd"), "abd");
  EXPECT_EQ(BlockIndexBuilder::Separator("abc", "b"), "b");
  EXPECT_EQ(BlockIndexBuilder::Separator("abc", "abcdef"), "abcd");
  EXPECT_EQ(BlockIndexBuilder::Separator("az", "b\xff"), "b");
  EXPECT_EQ(BlockIndexBuilder::Separator("a\x7f", "a\x80zz"), "a\x80");
}

TEST(BlockIndexTest, LeadsEveryRowAndKeyToItsBlock) {
  BlockIndexBuilder builder;
  builder.Add(0, 0, "b");
  builder.Add(3, 10, "d");
  builder.Add(4, 11, "dd");
  const std::optional<BlockIndex> index = Decode(builder, 20, 5);
  ASSERT_TRUE(index.has_value());
  EXPECT_EQ(index->EntryOfRow(0), 0u);
  EXPECT_EQ(index->EntryOfRow(9), 0u);
  EXPECT_EQ(index->EntryOfRow(10), 1u);
  EXPECT_EQ(index->EntryOfRow(19), 2u);
  EXPECT_EQ(index->EntryOfKey("a"), std::nullopt);
  EXPECT_EQ(index->EntryOfKey("b"), 0u);
  EXPECT_EQ(index->EntryOfKey("czz"), 0u);
  EXPECT_EQ(index->EntryOfKey("da"), 1u);
  EXPECT_EQ(index->EntryOfKey("z"), 2u);
  EXPECT_EQ((*index)[1].block, 3u);
  EXPECT_EQ((*index)[1].row_count, 1u);
  EXPECT_EQ((*index)[2].row_count, 9u);
  EXPECT_EQ((*index)[2].separator, "dd");
}

TEST(BlockIndexTest, WhatDoesNotAscendOrFitIsRefused) {
  struct Entry {
    uint32_t block;
    uint32_t first_row;
    const char* separator;
  };
  const auto decode = [](Entry first, Entry second) {
    BlockIndexBuilder builder;
    builder.Add(first.block, first.first_row, first.separator);
    builder.Add(second.block, second.first_row, second.separator);
    return Decode(builder, 20, 5);
  };
  EXPECT_TRUE(decode({0, 0, "b"}, {1, 5, "c"}).has_value());
  EXPECT_FALSE(decode({0, 1, "b"}, {1, 5, "c"}).has_value()) << "does not begin with row 0";
  EXPECT_FALSE(decode({1, 0, "b"}, {1, 5, "c"}).has_value()) << "the same block twice";
  EXPECT_FALSE(decode({0, 0, "b"}, {1, 0, "c"}).has_value()) << "a block without rows";
  EXPECT_FALSE(decode({0, 0, "b"}, {1, 5, "b"}).has_value()) << "the same separator twice";
  EXPECT_FALSE(decode({0, 0, "b"}, {5, 5, "c"}).has_value()) << "a block that is not there";
  EXPECT_FALSE(decode({0, 0, "b"}, {1, 20, "c"}).has_value()) << "a row that is not there";
  EXPECT_FALSE(Decode({}, 1, 1).has_value()) << "rows without a block";
  EXPECT_TRUE(Decode({}, 0, 0).has_value());
}

}  // namespace
}  // namespace strata
