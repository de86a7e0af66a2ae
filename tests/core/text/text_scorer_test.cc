#include "text/text_scorer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "text/scanned_texts.h"
#include "text/text_fixture.h"

namespace strata {
namespace {

// What one source alone answers: its own statistics are those of all texts.
Result<std::vector<ScoredRow>> Search(TextSource* source, std::string_view query, uint32_t k,
                                      const RowBitmap* dead = nullptr) {
  STRATA_ASSIGN_OR_RETURN(const auto& terms, ParseTextQuery(query));
  STRATA_ASSIGN_OR_RETURN(const TextScorer& scorer, TextScorer::Open(source, terms));
  QueryStatistics statistics{.totals = {}, .document_frequencies = std::vector<uint64_t>(terms.size())};
  STRATA_RETURN_IF_ERROR(scorer.Count(dead, &statistics));
  const Bm25 bm25(statistics.totals);
  std::vector<float> weights;
  for (const uint64_t frequency : statistics.document_frequencies) weights.push_back(bm25.Weight(frequency));
  std::optional<RowBitmap> live;
  if (dead != nullptr) {
    live = *dead;
    live->Invert();
  }
  return scorer.Best(k, bm25, weights, live ? &*live : nullptr);
}

class TextScorerTest : public testing::Test {
 protected:
  TextScorerTest() : texts_(RandomTexts(random_, 6000)) {
    EXPECT_THAT(WriteTextIndex(&env_, texts_), IsOk());
    index_ = *OpenTextIndex(&env_, texts_.size());
  }

  std::string RandomQuery() {
    std::string query;
    for (size_t n = 1 + random_.Below(5); n > 0; --n) query += " w" + std::to_string(1 + random_.Below(200));
    return query;
  }

  // The best k of the slow twin's scores.
  static std::vector<std::pair<double, Row>> SlowBest(const Texts& texts, const std::string& query,
                                                      size_t k) {
    const std::vector<double> scores = SlowBm25(texts, query);
    std::vector<std::pair<double, Row>> order;
    for (Row row = 0; row < scores.size(); ++row) {
      if (scores[row] > 0) order.emplace_back(-scores[row], row);
    }
    std::ranges::sort(order);
    if (order.size() > k) order.resize(k);
    return order;
  }

  void ExpectBest(const std::vector<ScoredRow>& found, const Texts& texts, const std::string& query,
                  size_t k) {
    const std::vector<double> scores = SlowBm25(texts, query);
    const auto expected = SlowBest(texts, query, k);
    ASSERT_EQ(found.size(), expected.size()) << query;
    for (size_t i = 0; i < found.size(); ++i) {
      // Rows may trade places where single precision sees no difference.
      ASSERT_NEAR(found[i].distance, expected[i].first, 1e-4) << query << " hit " << i;
      ASSERT_NEAR(-found[i].distance, scores[found[i].row], 1e-4) << query << " row " << found[i].row;
    }
  }

  Random random_{20261124};
  Texts texts_;
  MemoryEnv env_;
  std::shared_ptr<InvertedIndex> index_;
};

TEST_F(TextScorerTest, AnswersAsTheFormulaDoesWhenEveryTextIsScored) {
  for (int i = 0; i < 20; ++i) {
    const std::string query = RandomQuery();
    for (const uint32_t k : {1u, 10u, 100000u}) {
      STRATA_ASSERT_OK_AND_ASSIGN(const auto found, Search(index_.get(), query, k));
      ExpectBest(found, texts_, query, k);
    }
  }
}

TEST_F(TextScorerTest, ReadingTheTextsGivesTheSameBitsAsTheIndex) {
  for (int i = 0; i < 10; ++i) {
    const std::string query = RandomQuery();
    ScannedTexts scanned(static_cast<uint32_t>(texts_.size()), *ParseTextQuery(query));
    for (Row row = 0; row < texts_.size(); ++row) {
      if (texts_[row]) scanned.Add(row, *texts_[row]);
    }
    scanned.End();
    EXPECT_EQ(Search(&scanned, query, 1000).value(), Search(index_.get(), query, 1000).value()) << query;
  }
}

TEST_F(TextScorerTest, DeadRowsCountForNothing) {
  RowBitmap dead(static_cast<uint32_t>(texts_.size()));
  Texts live = texts_;
  for (Row row = 0; row < texts_.size(); ++row) {
    if (random_.Below(3) != 0) continue;
    dead.Set(row);
    live[row].reset();
  }
  for (int i = 0; i < 10; ++i) {
    const std::string query = RandomQuery();
    STRATA_ASSERT_OK_AND_ASSIGN(const auto found, Search(index_.get(), query, 50, &dead));
    ExpectBest(found, live, query, 50);
  }
}

TEST(TextQueryTest, WordsAreCutAndFoldedAsInTexts) {
  STRATA_ASSERT_OK_AND_ASSIGN(const auto terms, ParseTextQuery("What are the TREES of a tree?"));
  EXPECT_EQ(terms, std::vector<std::string>{"tree"});
  EXPECT_THAT(ParseTextQuery("the of"), IsOkAndHolds(testing::IsEmpty()));
  EXPECT_THAT(ParseTextQuery("\xff"), IsError(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace strata
