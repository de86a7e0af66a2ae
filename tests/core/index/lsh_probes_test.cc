#include "index/lsh_probes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "support/random.h"

namespace strata {
namespace {

constexpr float kDeviation = 0.7f;

// Every bucket of `table` that steps over at most one border of each slot lead to: key and score, by trying
// all combinations.
std::map<uint32_t, double> AllBuckets(const LshHashFamily& family, uint32_t table,
                                      const std::vector<float>& products) {
  const uint32_t hash_count = family.shape().hash_count;
  std::map<uint32_t, double> buckets;
  std::vector<int> steps(hash_count, -1);
  for (;;) {
    uint32_t key = 0;
    double score = 0;
    bool possible = true;
    for (uint32_t i = 0; i < hash_count; ++i) {
      const uint32_t function = table * hash_count + i;
      const float place = family.Place(function, products[function]);
      const int32_t slot = family.Slot(place);
      double distance = 0;
      if (family.shape().kind == LshKind::kHyperplanes) {
        possible = possible && (slot + steps[i] == 0 || slot + steps[i] == 1);
        distance = steps[i] == 0 ? 0 : place;
      } else if (steps[i] != 0) {
        distance = family.width() * (steps[i] < 0 ? double{place} - slot : slot + 1 - double{place});
      }
      key += family.Multiplier(function) * static_cast<uint32_t>(slot + steps[i]);
      score += LshBorderScore(static_cast<float>(std::fabs(distance)) / kDeviation);
    }
    if (possible) buckets[key] = score;
    size_t i = 0;
    while (i < hash_count && steps[i] == 1) steps[i++] = -1;
    if (i == hash_count) return buckets;
    ++steps[i];
  }
}

TEST(LshBorderScoreTest, IsTheLogarithmOfTheOddsOfANormalNumber) {
  for (double z = 0.05; z < 5; z += 0.05) {
    const double across = std::erfc(z / std::sqrt(2.0)) / 2;
    const double expected = 2 * std::log((1 - across) / across);
    EXPECT_NEAR(LshBorderScore(static_cast<float>(z)), expected, 0.02 * expected) << z;
  }
}

class LshProbesTest : public testing::TestWithParam<LshKind> {};

TEST_P(LshProbesTest, GiveEveryBucketOnceInOrderOfScore) {
  Random random(21);
  LshHashFamily family(
      {.kind = GetParam(), .metric = Metric::kL2, .dimension = 6, .table_count = 3, .hash_count = 5}, 1, 8);
  if (GetParam() == LshKind::kPStable) family.set_width(1.5f);
  LshProbes probes;
  for (int query = 0; query < 20; ++query) {
    std::vector<float> products(family.function_count());
    for (float& product : products) product = static_cast<float>(6 * random.Unit() - 3);
    probes.Start(family, products.data(), kDeviation);
    std::vector<std::map<uint32_t, double>> found(3);
    float score = 0;
    for (LshBucket bucket; probes.Next(&bucket);) {
      EXPECT_GE(bucket.score, score);
      score = bucket.score;
      EXPECT_TRUE(found[bucket.table].emplace(bucket.key, bucket.score).second) << "given twice";
    }
    for (uint32_t table = 0; table < 3; ++table) {
      const auto expected = AllBuckets(family, table, products);
      ASSERT_EQ(found[table].size(), expected.size());
      EXPECT_EQ(
          family.Key(table, products.data()),
          std::ranges::min_element(expected, {}, [](const auto& bucket) { return bucket.second; })->first);
      for (const auto& [key, expected_score] : expected) {
        ASSERT_TRUE(found[table].contains(key));
        EXPECT_NEAR(found[table][key], expected_score, 1e-4);
      }
    }
  }
}

// As far as possible from all borders, or on them: the order of equals must not break the rule that pairs the
// two borders of a slot.
TEST_P(LshProbesTest, TiesLeadToNoBucketTwice) {
  const LshHashFamily::Shape shape{
      .kind = GetParam(), .metric = Metric::kL2, .dimension = 2, .table_count = 1, .hash_count = 6};
  const LshHashFamily drawn(shape, 1, 8);
  const std::vector<uint32_t> multipliers(drawn.multipliers().begin(), drawn.multipliers().end());
  for (const float place : {0.0f, 0.5f, 0.25f}) {
    const LshHashFamily family(shape, 1, 1, drawn.Directions(), std::vector<float>(6, place), multipliers);
    LshProbes probes;
    const std::vector<float> products(6, 0.0f);
    probes.Start(family, products.data(), kDeviation);
    std::set<uint32_t> keys;
    for (LshBucket bucket; probes.Next(&bucket);) keys.insert(bucket.key);
    EXPECT_EQ(keys.size(), AllBuckets(family, 0, products).size());
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, LshProbesTest, testing::Values(LshKind::kHyperplanes, LshKind::kPStable),
                         [](const auto& kind) {
                           return kind.param == LshKind::kPStable ? "PStable" : "Hyperplanes";
                         });

}  // namespace
}  // namespace strata
