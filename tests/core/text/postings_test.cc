#include "text/postings.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/files.h"
#include "support/random.h"

namespace strata {
namespace {

using Pairs = std::vector<std::pair<Row, uint32_t>>;

Pairs ReadAll(PostingsReader reader) {
  Pairs pairs;
  for (; reader.row() != kNoRow; reader.Next()) pairs.emplace_back(reader.row(), reader.frequency());
  return pairs;
}

PostingsReader ReaderOf(std::string_view bytes, uint32_t row_count, Row row_end) {
  return PostingsReader(std::as_bytes(std::span(bytes)), row_count, row_end);
}

TEST(PostingsTest, ReadsBackWhatWasWritten) {
  Random random(20261121);
  for (int round = 0; round < 200; ++round) {
    const size_t gap_max = size_t{1} << random.Below(24);
    Pairs pairs;
    PostingsWriter writer;
    for (uint64_t row = random.Below(gap_max); pairs.size() < 100; row += 1 + random.Below(gap_max)) {
      const auto frequency = static_cast<uint32_t>(random.Below(3) ? 1 : 1 + random.Below(1000));
      pairs.emplace_back(static_cast<Row>(row), frequency);
      writer.Add(static_cast<Row>(row), frequency);
    }
    const auto reader = ReaderOf(writer.bytes(), writer.row_count(), pairs.back().first + 1);
    EXPECT_EQ(ReadAll(reader), pairs);
  }
}

TEST(PostingsTest, TheLargestRowAndFrequencyFit) {
  PostingsWriter writer;
  writer.Add(0, UINT32_MAX);
  writer.Add(kNoRow - 2, UINT32_MAX);
  const Pairs expected = {{0, UINT32_MAX}, {kNoRow - 2, UINT32_MAX}};
  EXPECT_EQ(ReadAll(ReaderOf(writer.bytes(), 2, kNoRow - 1)), expected);
}

TEST(PostingsTest, ACommonWordTakesAByteARow) {
  PostingsWriter writer;
  for (Row row = 0; row < 1000; ++row) writer.Add(row * 3, 1);
  EXPECT_EQ(writer.bytes().size(), 1000u);
}

TEST(PostingsTest, WhatIsNoListIsDamaged) {
  const auto damaged = [](std::string_view bytes, uint32_t row_count, Row row_end) {
    PostingsReader reader = ReaderOf(bytes, row_count, row_end);
    while (reader.row() != kNoRow) reader.Next();
    return reader.damaged();
  };
  using std::string_view_literals::operator""sv;
  EXPECT_FALSE(damaged("\x00\x02"sv, 2, 3));
  EXPECT_TRUE(damaged("\x00\x02"sv, 2, 2)) << "the second row is past the end";
  EXPECT_TRUE(damaged("\x00\x02"sv, 1, 3)) << "bytes are left over";
  EXPECT_TRUE(damaged("\x00\x02"sv, 3, 3)) << "a row is missing";
  EXPECT_TRUE(damaged("\x01\x00"sv, 1, 3)) << "a frequency of 0";
  EXPECT_TRUE(damaged("\x01"sv, 1, 3)) << "no frequency";
  EXPECT_TRUE(damaged("\x80"sv, 1, 3)) << "a number that does not end";
  EXPECT_TRUE(damaged("\x01\xff\xff\xff\xff\x7f"sv, 1, 3)) << "a frequency of more than 32 bits";
}

}  // namespace
}  // namespace strata
