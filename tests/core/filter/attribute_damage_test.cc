#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "filter/attribute_column_builder.h"
#include "filter/attribute_fixture.h"
#include "support/random.h"

namespace strata {
namespace {

const std::vector<std::string>& Rows() {
  static const std::vector<std::string> rows = {R"({"year":1990,"tags":["a","b"],"lang":"en"})",
                                                R"({"year":2000,"tags":["b"],"lang":"de","deep":{"x":null}})",
                                                R"({"year":2010.5,"tags":[],"lang":"en","ok":true})",
                                                R"({"tags":"text","lang":"fr","deep":[{"x":1}]})", ""};
  return rows;
}

std::vector<std::shared_ptr<const Expression>> Filters() {
  std::vector<std::shared_ptr<const Expression>> filters;
  for (const char* filter :
       {"year >= 2000", "tags = 'b'", "tags contains 'e'", "not lang in ['en']", "deep.x = null",
        "deep.x exists or ok = true", "year < 2000 and lang = 'en'", "missing = null"}) {
    filters.push_back(*ParseFilter(filter));
  }
  return filters;
}

// Flips every bit of a file with nothing but an attribute index. The file is then refused when it is opened,
// or every answer is right, whatever damage() says.
TEST(AttributeDamageTest, AFlippedBitNeverGivesAWrongAnswer) {
  MemoryEnv env;
  ASSERT_THAT(WriteAttributes(&env, Rows()), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const uint64_t bytes, env.Size(kAttributeFile));
  const auto filters = Filters();
  std::vector<RowBitmap> expected;
  for (const auto& filter : filters) expected.push_back(MatchingRows(*filter, Rows()));

  RowsSource source(&Rows());
  int refused = 0, damaged = 0;
  for (uint64_t bit = 0; bit < bytes * 8; ++bit) {
    std::array<std::byte, 1> byte;
    ASSERT_THAT(env.ReadAt(kAttributeFile, bit / 8, byte), IsOk());
    const std::array<std::byte, 1> flipped = {byte[0] ^ static_cast<std::byte>(1 << bit % 8)};
    ASSERT_THAT(env.WriteAt(kAttributeFile, bit / 8, flipped), IsOk());
    if (const auto index = OpenAttributes(&env, Rows().size())) {
      for (size_t i = 0; i < filters.size(); ++i) {
        ASSERT_THAT((*index)->Select(*filters[i], source), IsOkAndHolds(expected[i])) << "bit " << bit;
      }
      damaged += (*index)->damage().has_value();
    } else {
      ++refused;
    }
    ASSERT_THAT(env.WriteAt(kAttributeFile, bit / 8, byte), IsOk());
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(damaged, 0);
}

TEST(AttributeDamageTest, ADamagedColumnIsReportedAndItsRowsAreEvaluated) {
  MemoryEnv env;
  ASSERT_THAT(WriteAttributes(&env, Rows()), IsOk());
  uint64_t offset = 0;
  {
    STRATA_ASSERT_OK_AND_ASSIGN(const auto sections,
                                SectionReader::Open(&env, nullptr, FileKind::kSegment, kAttributeFile));
    offset = sections->Blocks(kAttributeColumns)[2].offset;  // deep, deep.x, lang, ...
  }
  const std::array<std::byte, 1> wrong = {std::byte{0xff}};
  ASSERT_THAT(env.WriteAt(kAttributeFile, offset, wrong), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenAttributes(&env, Rows().size()));
  EXPECT_EQ(index->damage(), std::nullopt);
  RowsSource source(&Rows());
  const auto lang = *ParseFilter("lang = 'en'");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(index->Select(*lang, source), IsOkAndHolds(MatchingRows(*lang, Rows())));
    EXPECT_EQ(index->rows_evaluated(), Rows().size());
    ASSERT_NE(index->damage(), std::nullopt);
    EXPECT_EQ(index->damage()->code(), ErrorCode::kCorruption);
  }
  const auto year = *ParseFilter("year = 1990");
  EXPECT_THAT(index->Select(*year, source), IsOkAndHolds(MatchingRows(*year, Rows())));
  EXPECT_EQ(index->rows_evaluated(), 0u);
}

TEST(AttributeDamageTest, AnIndexOfAnotherNumberOfRowsIsNotUsed) {
  MemoryEnv env;
  ASSERT_THAT(WriteAttributes(&env, Rows()), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenAttributes(&env, Rows().size() - 1));
  ASSERT_NE(index->damage(), std::nullopt);
  EXPECT_EQ(index->damage()->code(), ErrorCode::kCorruption);
}

// With checksums out of the way: bytes that a broken writer might have left. Right answers are not to be had
// then, but nothing may be read or written where it must not be; the sanitizers watch.
TEST(AttributeDamageTest, AColumnOrDirectoryOfAnyBytesIsRefusedOrSafeToUse) {
  AttributeColumnBuilder builder;
  for (Row row = 0; row < 5; ++row) {
    const auto metadata = *ParseMetadata(Rows()[row]);
    for (const auto& [key, value] : metadata.view().members()) builder.Add(row, value);
  }
  const std::string column = builder.Encode(5);
  AttributeDirectory sample{.row_count = 5, .complete = true, .entries = {}};
  sample.entries.push_back({.path = "a", .bytes = 70000});
  sample.entries.push_back({.path = "b.c", .bytes = 20});
  const std::string directory = EncodeDirectory(sample);
  ASSERT_THAT(AttributeColumn::Decode(column, 5), IsOk());
  ASSERT_THAT(DecodeDirectory(std::as_bytes(std::span(directory))), IsOk());

  Random random(9);
  const auto filters = Filters();
  for (int i = 0; i < 50000; ++i) {
    const auto damage = [&](std::string bytes) {
      for (size_t changes = 1 + random.Below(3); changes > 0; --changes) {
        bytes[random.Below(bytes.size())] =
            static_cast<char>(random.Below(3) ? random.Below(4) : random.Below(256));
      }
      if (random.Below(5) == 0) bytes.resize(random.Below(bytes.size() + 1));
      return bytes;
    };
    const std::string damaged_directory = damage(directory);
    if (const auto decoded = DecodeDirectory(std::as_bytes(std::span(damaged_directory))))
      decoded->Find("b.c");
    if (const auto decoded = AttributeColumn::Decode(damage(column), 5)) {
      for (const char* test : {"a > 1", "a contains 'e'", "a startsWith 'e'", "a in ['en', null, 2000]"}) {
        BoundsOfTest(**ParseFilter(test), **decoded, 5);
      }
    }
  }
}

}  // namespace
}  // namespace strata
