#include "index/kd_lsh_best.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace strata {
namespace {

TEST(KdLshBestTest, HoldsTheBestOfAllThatWereOffered) {
  std::mt19937 random(1);
  std::exponential_distribution<float> scores;
  KdLshBest best;
  for (const size_t wanted : {1u, 10u, 300u, 5000u}) {
    std::vector<std::pair<float, uint32_t>> all;
    best.Start(wanted);
    best.SetScale(3);  // Many are above.
    for (uint32_t i = 0; i < 3000; ++i) {
      all.emplace_back(scores(random), i);
      best.Add(all.back().first, i);
    }
    std::ranges::sort(all);
    std::vector<uint32_t> positions;
    best.Take(&positions);
    ASSERT_GE(positions.size(), std::min<size_t>(wanted, 3000));
    EXPECT_LE(positions.size(), wanted + wanted / 4);
    const std::set<uint32_t> taken(positions.begin(), positions.end());
    for (size_t i = 0; i < std::min<size_t>(wanted, 3000); ++i)
      EXPECT_TRUE(taken.contains(all[i].second)) << i;
  }
}

TEST(KdLshBestTest, TheBoundNeverExcludesOneOfTheBest) {
  KdLshBest best;
  best.Start(2);
  best.SetScale(100);
  best.Add(50, 1);
  EXPECT_GT(best.bound(), 1e30f) << "one is missing";
  best.Add(40, 2);
  EXPECT_GE(best.bound(), 50);
  EXPECT_LT(best.bound(), 51);
  best.Add(10, 3);
  EXPECT_GE(best.bound(), 40);
  EXPECT_LT(best.bound(), 41);
}

TEST(KdLshBestTest, ManyEqualScoresAreCutToWhatIsWanted) {
  KdLshBest best;
  best.Start(10);
  best.SetScale(0);
  for (uint32_t i = 0; i < 1000; ++i) best.Add(0, i);
  std::vector<uint32_t> positions;
  best.Take(&positions);
  EXPECT_EQ(positions.size(), 10u);
}

}  // namespace
}  // namespace strata
