#include "index/neighbour_sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "env/memory_env.h"
#include "index/memory_rows.h"
#include "support/result_matchers.h"
#include "vector/distance.h"

namespace strata {
namespace {

void Finish(NeighbourSample* sample, uint64_t micros) {
  MemoryEnv clock;
  for (;;) {
    const Result<bool> done = sample->Step(Deadline(&clock, micros));
    ASSERT_THAT(done, IsOk());
    if (*done) return;
  }
}

TEST(NeighbourSampleTest, NeighboursAreTheNearestOfAllOtherRows) {
  MemoryRows rows(6, ClusteredVectors(300, 6, 5));
  rows.Remove(7);
  for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
    for (const uint64_t micros : {0, 1'000'000}) {
      NeighbourSample sample(metric, &rows, 20, 12);
      Finish(&sample, micros);
      ASSERT_EQ(sample.query_count(), 20u);
      EXPECT_EQ(sample.rows().size(), 299u);
      float longest = 0;
      for (const Row row : sample.rows()) longest = std::max(longest, Norm(rows.Vector(row).data(), 6));
      EXPECT_EQ(sample.longest(), longest);
      for (size_t i = 0; i < 20; ++i) {
        std::vector<Candidate> expected;
        size_t same = 0;
        for (const Row row : sample.rows()) {
          if (std::ranges::equal(rows.Vector(row), sample.Query(i))) {
            ++same;
          } else {
            expected.push_back({Distance(metric, sample.Query(i).data(), rows.Vector(row).data(), 6), row});
          }
        }
        EXPECT_EQ(same, 1u) << "a query is a row";
        std::ranges::sort(expected);
        expected.resize(12);
        EXPECT_TRUE(std::ranges::equal(sample.Neighbours(i), expected));
      }
    }
  }
}

TEST(NeighbourSampleTest, FewRowsAreAllQueries) {
  MemoryRows rows(2, {0, 1, 2, 3, 4, 5});
  rows.Remove(1);
  NeighbourSample sample(Metric::kL2, &rows, 20, 12);
  Finish(&sample, 0);
  ASSERT_EQ(sample.query_count(), 2u);
  ASSERT_EQ(sample.Neighbours(0).size(), 1u);
  EXPECT_EQ(sample.Neighbours(0)[0].row, 2u);
  rows.Remove(0);
  rows.Remove(2);
  NeighbourSample none(Metric::kL2, &rows, 20, 12);
  Finish(&none, 0);
  EXPECT_EQ(none.query_count(), 0u);
}

TEST(NeighbourSampleTest, AnUnreadableQueryIsAnError) {
  MemoryRows rows(2, {0, 1, 2, 3, 4, 5});
  rows.MakeUnreadable(1);
  MemoryEnv clock;
  NeighbourSample sample(Metric::kL2, &rows, 20, 12);
  EXPECT_THAT(sample.Step(Deadline(&clock, 0)), IsError(ErrorCode::kIoError));
}

}  // namespace
}  // namespace strata
