#include "index/rescore.h"

#include <gtest/gtest.h>

#include <iostream>
#include <limits>
#include <vector>

#include "index/hnsw_fixture.h"
#include "index/memory_rows.h"
#include "index/nearest.h"
#include "index/real_data.h"
#include "vector/distance.h"

namespace strata {
namespace {

constexpr float kNoBound = std::numeric_limits<float>::infinity();

TEST(RescoreEndTest, ComesOnlyWhenErrorsAreKnownAndTheAnswersAreFull) {
  for (const uint32_t recomputed_min : {1u, 5u, 10u}) {
    RescoreEnd end(recomputed_min);
    for (uint32_t i = 1; i < std::max(recomputed_min, 5u); ++i) {
      end.Recomputed(1, 1);
      EXPECT_FALSE(end.IsBefore(100, 1));
    }
    end.Recomputed(1, 1);
    EXPECT_TRUE(end.IsBefore(100, 1));
    EXPECT_FALSE(end.IsBefore(100, kNoBound));
  }
}

TEST(RescoreEndTest, LeavesRoomForTheMeanErrorAndThreeTimesItsSpread) {
  RescoreEnd end(1);
  for (int i = 0; i < 5; ++i) {
    end.Recomputed(3, 3.5f);  // Errors of 0.5 and 1: mean 0.75, spread 0.25.
    end.Recomputed(3, 4);
  }
  constexpr float kRoom = 0.75f - 3 * 0.25f;
  EXPECT_FALSE(end.IsBefore(4 - kRoom, 4));
  EXPECT_TRUE(end.IsBefore(4.01f - kRoom, 4));
}

TEST(RescoreEndTest, NeverComesByWhatIsNoNumber) {
  RescoreEnd end(1);
  for (int i = 0; i < 9; ++i) end.Recomputed(1, 1);
  EXPECT_FALSE(end.IsBefore(std::numeric_limits<float>::quiet_NaN(), 1));
  EXPECT_FALSE(end.IsBefore(1, std::numeric_limits<float>::quiet_NaN()));
}

// Against recomputing all that a walk keeps by default.
TEST(RescoreEndTest, OnRealDataHardlyAnythingIsMissedAndAThirdOfTheCandidatesIsNotRead) {
  constexpr uint32_t kCandidates = 64;
  for (const char* const name : {"sift-5k", "word2vec-300", "docs-lsa", "web-bible", "fashion-mnist"}) {
    SCOPED_TRACE(name);
    STRATA_LOAD_OR_SKIP(data, name, 5000, 50);
    MemoryRows rows(data.dimension, data.base);
    const auto index =
        BuildIndex({.dimension = data.dimension, .metric = data.metric, .index = IndexType::kFlat}, rows);
    size_t recomputed = 0;
    const auto recall = [&](bool may_end) {
      recomputed = 0;
      return MeanRecall(data, RecallMeter(data, 10), [&](std::span<const float> query) {
        const ExactDistance exact(data.metric, query);
        WalkCounters counters;
        const auto candidates = *index->Search(query, {.count = kCandidates}, nullptr, rows, &counters);
        Nearest<Candidate> nearest(10);
        RescoreEnd end(10);
        for (const Candidate& candidate : candidates) {
          if (may_end && end.IsBefore(candidate.distance, nearest.bound())) break;
          const float distance = exact(rows.Vector(candidate.row).data());
          end.Recomputed(candidate.distance, distance);
          nearest.Offer({distance, candidate.row});
          ++recomputed;
        }
        return nearest.Take();
      });
    };
    const double recall_of_all = recall(false);
    const double recall_of_some = recall(true);
    std::cout << name << ": " << static_cast<double>(recomputed) / static_cast<double>(data.query_count())
              << " of " << kCandidates << " recomputed, recall " << recall_of_some << " of " << recall_of_all
              << "\n";
    EXPECT_GE(recall_of_all, 0.998);
    EXPECT_GE(recall_of_some, recall_of_all - 0.002);  // One neighbour of 500.
    EXPECT_LT(recomputed, kCandidates * data.query_count() * 2 / 3);
  }
}

}  // namespace
}  // namespace strata
