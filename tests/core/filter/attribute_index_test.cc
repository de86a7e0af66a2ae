#include "filter/attribute_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "filter/attribute_fixture.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AttributeIndexTest : public testing::Test {
 protected:
  void Build(std::vector<std::string> rows, std::optional<std::vector<std::string>> indexed = std::nullopt) {
    rows_ = std::move(rows);
    env_ = MemoryEnv();
    ASSERT_THAT(WriteAttributes(&env_, rows_, std::move(indexed)), IsOk());
    auto index = OpenAttributes(&env_, rows_.size());
    ASSERT_THAT(index, IsOk());
    index_ = std::move(*index);
  }

  // The rows that the filter lets through; expects the index to agree with Matches().
  std::vector<Row> Select(std::string_view filter) {
    const auto expression = ParseFilter(filter);
    EXPECT_THAT(expression, IsOk()) << filter;
    RowsSource source(&rows_);
    const auto selected = index_->Select(**expression, source);
    EXPECT_THAT(selected, IsOk()) << filter;
    EXPECT_EQ(*selected, MatchingRows(**expression, rows_)) << filter;
    std::vector<Row> rows;
    selected->ForEach([&](Row row) { rows.push_back(row); });
    return rows;
  }
  // The same, answered without reading metadata.
  std::vector<Row> SelectFromIndex(std::string_view filter) {
    const std::vector<Row> rows = Select(filter);
    EXPECT_EQ(index_->rows_evaluated(), 0u) << filter;
    return rows;
  }

  std::vector<std::string> rows_;
  MemoryEnv env_;
  std::unique_ptr<AttributeIndex> index_;
};

TEST_F(AttributeIndexTest, TestsOfScalarsNeedNoMetadata) {
  Build({R"({"year":1990,"lang":"en","ok":true})", R"({"year":2000.5,"lang":"de","ok":false})",
         R"({"year":"x","lang":null})", "", R"({"year":1990,"lang":"enx"})"});
  EXPECT_THAT(SelectFromIndex("year = 1990"), ElementsAre(0, 4));
  EXPECT_THAT(SelectFromIndex("year > 1990"), ElementsAre(1));
  EXPECT_THAT(SelectFromIndex("year >= 1990"), ElementsAre(0, 1, 4));
  EXPECT_THAT(SelectFromIndex("year < 2000.5"), ElementsAre(0, 4));
  EXPECT_THAT(SelectFromIndex("year <= 2000.5"), ElementsAre(0, 1, 4));
  EXPECT_THAT(SelectFromIndex("year >= ''"), ElementsAre(2));
  EXPECT_THAT(SelectFromIndex("year != 1990"), ElementsAre(1, 2, 3));
  EXPECT_THAT(SelectFromIndex("lang = null"), ElementsAre(2, 3));
  EXPECT_THAT(SelectFromIndex("lang exists"), ElementsAre(0, 1, 2, 4));
  EXPECT_THAT(SelectFromIndex("lang startsWith 'en'"), ElementsAre(0, 4));
  EXPECT_THAT(SelectFromIndex("lang contains 'e'"), ElementsAre(0, 1, 4));
  EXPECT_THAT(SelectFromIndex("lang in ['de', 'fr', null]"), ElementsAre(1, 2, 3));
  EXPECT_THAT(SelectFromIndex("ok = true or ok <= false"), ElementsAre(0, 1));
  EXPECT_THAT(SelectFromIndex("ok > false"), ElementsAre(0));
  EXPECT_THAT(SelectFromIndex("nothing = 1"), ElementsAre());
  EXPECT_THAT(SelectFromIndex("nothing = null and year exists"), ElementsAre(0, 1, 2, 4));
  EXPECT_THAT(SelectFromIndex("not (year = 1990 and lang = 'en')"), ElementsAre(1, 2, 3, 4));
}

TEST_F(AttributeIndexTest, ElementsOfArraysAndPathsThroughArraysOfObjectsNeedNoMetadata) {
  Build({R"({"tags":["a","db"],"items":[{"price":5},{"price":9}]})", R"({"tags":"a db","items":{"price":5}})",
         R"({"tags":[],"items":[{"price":[1,2]}]})", R"({"tags":["adb",3],"items.price":7})"});
  EXPECT_THAT(SelectFromIndex("tags = 'db'"), ElementsAre(0));
  EXPECT_THAT(SelectFromIndex("tags contains 'db'"), ElementsAre(0, 1));
  EXPECT_THAT(SelectFromIndex("tags contains 3"), ElementsAre(3));
  EXPECT_THAT(SelectFromIndex("items.price = 5"), ElementsAre(0, 1));
  EXPECT_THAT(SelectFromIndex("items.price < 3"), ElementsAre(2));
  EXPECT_THAT(SelectFromIndex("items.price = 7"), ElementsAre(3));
  EXPECT_THAT(SelectFromIndex("tags.x exists"), ElementsAre());
}

TEST_F(AttributeIndexTest, OnlyRowsThatTheRestLetsThroughAreEvaluated) {
  std::vector<std::string> rows;
  for (int i = 0; i < 1000; ++i) {
    rows.push_back("{\"n\":" + std::to_string(i) + ",\"long\":\"" + std::string(300, 'x') +
                   std::to_string(i % 7) + "\"}");
  }
  Build(rows);
  EXPECT_EQ(Select("n >= 990 and long contains 'x3'").size(), 2u);
  EXPECT_EQ(index_->rows_evaluated(), 10u);
  EXPECT_EQ(Select("long contains 'x3'").size(), 143u);
  EXPECT_EQ(index_->rows_evaluated(), 1000u);
  EXPECT_EQ(SelectFromIndex("n < 0 and long contains 'x3'").size(), 0u);
  EXPECT_EQ(SelectFromIndex("n >= 0 or long contains 'x3'").size(), 1000u);
  EXPECT_EQ(SelectFromIndex("long = 'short'").size(), 0u);
}

TEST_F(AttributeIndexTest, TextsOfUpTo256BytesAreInTheDictionary) {
  const std::string longest(256, 'x');
  Build({"{\"a\":\"" + longest + "\"}", "{\"a\":\"" + longest + "x\"}"});
  EXPECT_THAT(Select("a = '" + longest + "'"), ElementsAre(0));
  EXPECT_EQ(index_->rows_evaluated(), 0u);
  EXPECT_THAT(Select("a = '" + longest + "x'"), ElementsAre(1));
  EXPECT_EQ(index_->rows_evaluated(), 1u);
}

TEST_F(AttributeIndexTest, OnlyTheGivenPathsAreIndexedWhenThereAreSome) {
  Build({R"({"a":1,"b":1})", R"({"a":2,"b":2})"}, {{"a", "c.d"}});
  EXPECT_THAT(SelectFromIndex("a = 2"), ElementsAre(1));
  EXPECT_THAT(SelectFromIndex("c.d exists"), ElementsAre());
  EXPECT_THAT(Select("b = 2"), ElementsAre(1));
  EXPECT_EQ(index_->rows_evaluated(), 2u);
  EXPECT_THAT(Select("a = 2 and b = 2"), ElementsAre(1));
  EXPECT_EQ(index_->rows_evaluated(), 1u);
}

TEST_F(AttributeIndexTest, NoPathsToIndexIsAnIndexThatKnowsNothing) {
  Build({R"({"a":1})", R"({"a":2})"}, std::vector<std::string>());
  EXPECT_THAT(Select("a = 2"), ElementsAre(1));
}

// 10,000 keys in one object, each in few rows: those that most rows have are indexed, the rest is evaluated.
TEST_F(AttributeIndexTest, TooManyPathsLeaveTheRareOnesToEvaluation) {
  std::vector<std::string> rows;
  for (int row = 0; row < 10; ++row) {
    std::string json = "{\"common\":" + std::to_string(row);
    for (int i = 0; i < 1000; ++i)
      json += ",\"key" + std::to_string(row * 1000 + i) + "\":" + std::to_string(i);
    rows.push_back(json + "}");
  }
  Build(rows);
  EXPECT_THAT(SelectFromIndex("common = 3"), ElementsAre(3));
  EXPECT_THAT(Select("key9999 = 999"), ElementsAre(9));
  EXPECT_THAT(Select("key3000 = 0"), ElementsAre(3));
  EXPECT_EQ(index_->rows_evaluated(), 10u);
}

TEST_F(AttributeIndexTest, AVeryLongPathIsLeftToEvaluation) {
  const std::string key(2000, 'k');
  Build({"{\"" + key + "\":{\"x\":1}}", "{\"a\":1}"});
  EXPECT_THAT(Select(key + ".x = 1"), ElementsAre(0));
  EXPECT_THAT(SelectFromIndex("a = 1"), ElementsAre(1));
}

TEST_F(AttributeIndexTest, EmptyMetadataAndAnEmptySegmentAreFine) {
  Build({"", "{}", ""});
  EXPECT_THAT(Select("a = null"), ElementsAre(0, 1, 2));
  Build({});
  EXPECT_THAT(Select("a = null"), ElementsAre());
}

TEST_F(AttributeIndexTest, ColumnsAreLoadedWhenFirstUsed) {
  std::vector<std::string> rows;
  for (int i = 0; i < 5000; ++i) {
    rows.push_back("{\"a\":\"value " + std::to_string(i) + "\",\"b\":" + std::to_string(i) + "}");
  }
  Build(rows);
  const size_t before = index_->memory_bytes();
  EXPECT_LT(before, 1000u);
  EXPECT_EQ(SelectFromIndex("b = 7").size(), 1u);
  const size_t after_b = index_->memory_bytes();
  EXPECT_GT(after_b, before + 5000 * 8);
  EXPECT_EQ(SelectFromIndex("b > 4000").size(), 999u);
  EXPECT_EQ(index_->memory_bytes(), after_b);
  EXPECT_EQ(SelectFromIndex("a startsWith 'value 49'").size(), 111u);
  EXPECT_GT(index_->memory_bytes(), after_b + 5000 * 10);
}

TEST_F(AttributeIndexTest, MetadataThatIsNoJsonIsCorruption) {
  AttributeIndexBuilder builder(1, std::nullopt);
  EXPECT_THAT(builder.Add(0, "{"), IsErrorSaying(ErrorCode::kCorruption, HasSubstr("row 0")));

  Build({R"({"a":1})", R"({"a":2})"}, std::vector<std::string>());
  rows_[1] = "{";
  RowsSource source(&rows_);
  EXPECT_THAT(index_->Select(**ParseFilter("a = 2"), source),
              IsErrorSaying(ErrorCode::kCorruption, HasSubstr("row 1")));
}

TEST_F(AttributeIndexTest, AnErrorOfTheSourceIsTheAnswer) {
  class Failing final : public AttributeIndex::MetadataSource {
    Result<std::string_view> Metadata(Row) override { return Fail(ErrorCode::kIoError, "no"); }
  } failing;
  Build({R"({"a":1})"}, std::vector<std::string>());
  EXPECT_THAT(index_->Select(**ParseFilter("a = 2"), failing), IsError(ErrorCode::kIoError));
}

}  // namespace
}  // namespace strata
