#include "collection/fusion.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace strata {
namespace {

using Scores = std::vector<std::pair<std::string, float>>;

std::vector<FoundRecord> List(const Scores& records) {
  std::vector<FoundRecord> list;
  for (const auto& [key, distance] : records) list.push_back({.distance = distance, .place = {}, .key = key});
  return list;
}

Scores FusedScores(const FusionOptions& options, const std::vector<FoundRecord>& by_vector,
                   const std::vector<FoundRecord>& by_text) {
  Scores scores;
  for (const FusedRecord& fused : Fuse(options, by_vector, by_text)) {
    scores.emplace_back(fused.record().key, fused.score);
  }
  return scores;
}

TEST(FusionTest, ReciprocalRanksAddUp) {
  const auto by_vector = List({{"a", 0.1f}, {"b", 0.2f}, {"c", 0.3f}});
  const auto by_text = List({{"c", -9}, {"d", -5}, {"a", -1}});
  const Scores expected = {
      {"a", 1.0f / 61 + 1.0f / 63}, {"c", 1.0f / 63 + 1.0f / 61}, {"b", 1.0f / 62}, {"d", 1.0f / 62}};
  const Scores found = FusedScores({}, by_vector, by_text);
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].first, expected[i].first) << "equal scores go by id";
    EXPECT_FLOAT_EQ(found[i].second, expected[i].second);
  }
}

TEST(FusionTest, ASmallerConstantLetsFirstRanksCountMore) {
  // "a" is first in one list, "b" third in both.
  const auto by_vector = List({{"a", 1}, {"x", 2}, {"b", 3}});
  const auto by_text = List({{"y", 1}, {"z", 2}, {"b", 3}});
  EXPECT_EQ(FusedScores({.rrf_constant = 60}, by_vector, by_text)[0].first, "b");
  EXPECT_EQ(FusedScores({.rrf_constant = 0.5f}, by_vector, by_text)[0].first, "a");
}

TEST(FusionTest, WeightedScoresAreBroughtToOneScale) {
  const auto by_vector = List({{"a", 10}, {"b", 15}, {"c", 20}});
  const auto by_text = List({{"c", -8}, {"d", -6}, {"a", -4}});
  const FusionOptions options{.method = FusionMethod::kWeighted, .vector_weight = 0.75f};
  const Scores expected = {{"a", 0.75f}, {"b", 0.375f}, {"c", 0.25f}, {"d", 0.125f}};
  EXPECT_EQ(FusedScores(options, by_vector, by_text), expected);
}

TEST(FusionTest, AWeightOfOneIsTheOrderByVectorAndOfZeroThatByText) {
  const auto by_vector = List({{"a", 1}, {"b", 2}, {"c", 3}});
  const auto by_text = List({{"c", -3}, {"b", -2}, {"a", -1}});
  FusionOptions options{.method = FusionMethod::kWeighted, .vector_weight = 1};
  EXPECT_EQ(FusedScores(options, by_vector, by_text)[0].first, "a");
  options.vector_weight = 0;
  EXPECT_EQ(FusedScores(options, by_vector, by_text)[0].first, "c");
}

TEST(FusionTest, CandidatesThatAreAllAlikeCountInFull) {
  const FusionOptions options{.method = FusionMethod::kWeighted};
  const Scores expected = {{"a", 0.5f}, {"b", 0.5f}};
  EXPECT_EQ(FusedScores(options, List({{"a", 3}, {"b", 3}}), {}), expected);
}

TEST(FusionTest, AnEmptyListChangesNoOrder) {
  for (const FusionMethod method : {FusionMethod::kRrf, FusionMethod::kWeighted}) {
    const auto list = List({{"b", 1}, {"a", 2}, {"c", 3}});
    for (const bool by_text : {false, true}) {
      const Scores found =
          by_text ? FusedScores({.method = method}, {}, list) : FusedScores({.method = method}, list, {});
      ASSERT_EQ(found.size(), 3u);
      EXPECT_EQ(found[0].first, "b");
      EXPECT_EQ(found[1].first, "a");
    }
  }
  EXPECT_TRUE(Fuse({}, {}, {}).empty());
}

}  // namespace
}  // namespace strata
