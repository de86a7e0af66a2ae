#include "text/term_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace strata {
namespace {

using testing::ElementsAre;

Result<TermMatrix> MatrixOf(const std::vector<std::string_view>& texts, const LsaOptions& options) {
  const StopWords none;
  TermCounter counter(&none);
  for (const std::string_view text : texts) counter.Add(text);
  return counter.Finish(options);
}

// Worked by hand: idf(cat) = idf(dog) = ln(5/2), idf(fish) = ln(5/3); the last text has no term and so no
// row.
TEST(TermMatrixTest, WeightsAreLogarithmicCountsTimesIdfInRowsOfUnitLength) {
  const auto matrix = MatrixOf({"cat cat dog", "fish dog", "cat fish", "fish bird"},
                               {.min_document_count = 2, .max_document_share = 1});
  ASSERT_TRUE(matrix);
  EXPECT_THAT(matrix->terms, ElementsAre("cat", "dog", "fish"));
  const float rare = std::log(5.0f / 2), common = std::log(5.0f / 3);
  EXPECT_THAT(matrix->idf,
              ElementsAre(testing::FloatEq(rare), testing::FloatEq(rare), testing::FloatEq(common)));

  ASSERT_EQ(matrix->weights.row_count(), 4u);
  const auto first = matrix->weights.row(0);
  ASSERT_EQ(first.size(), 2u);
  const float twice = 1 + std::log(2.0f), length = std::sqrt(twice * twice + 1);
  EXPECT_FLOAT_EQ(first[0].value, twice / length);
  EXPECT_FLOAT_EQ(first[1].value, 1 / length);
  const auto last = matrix->weights.row(3);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].column, 2u);
  EXPECT_FLOAT_EQ(last[0].value, 1);
}

TEST(TermMatrixTest, WordsInTooFewOrTooManyTextsAreNoTerms) {
  const std::vector<std::string_view> texts = {"all two", "all two three", "all three", "all three one"};
  const auto matrix = MatrixOf(texts, {.min_document_count = 2, .max_document_share = 0.75f});
  ASSERT_TRUE(matrix);
  EXPECT_THAT(matrix->terms, ElementsAre("three", "two"));
}

TEST(TermMatrixTest, TextsWithoutTermsHaveNoRow) {
  const auto matrix = MatrixOf({"", "cat dog", "unique", "dog cat", "!?"}, {.max_document_share = 1});
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->weights.row_count(), 2u);
}

TEST(TermMatrixTest, AWordInEveryTextOfAFewIsStillATerm) {
  const auto matrix = MatrixOf({"cat one", "cat two"}, {.min_document_count = 2, .max_document_share = 0.5f});
  ASSERT_TRUE(matrix);
  EXPECT_THAT(matrix->terms, ElementsAre("cat"));
  EXPECT_FLOAT_EQ(matrix->weights.row(0)[0].value, 1);
}

TEST(TermMatrixTest, NoWordInTwoTextsIsAFailedPrecondition) {
  const auto matrix = MatrixOf({"cat dog", "fish bird"}, {});
  ASSERT_FALSE(matrix);
  EXPECT_EQ(matrix.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(MatrixOf({}, {}).error().code(), ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace strata
