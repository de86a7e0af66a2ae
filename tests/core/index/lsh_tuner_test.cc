#include "index/lsh_tuner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "index/hnsw_fixture.h"
#include "index/lsh_index.h"
#include "vector/distance.h"

namespace strata {
namespace {

constexpr uint32_t kRows = 3000;
constexpr uint32_t kDimension = 16;

// What is foretold from scores must come true in tables: a build's plan against searches by it.
TEST(LshTunerTest, SearchesFindAndCostWhatThePlanForetells) {
  MemoryRows rows(kDimension, ClusteredVectors(kRows, kDimension, 4, 100));
  for (const Metric metric : {Metric::kL2, Metric::kCosine}) {
    for (const uint32_t target : {800u, 950u}) {
      SCOPED_TRACE(target);
      const auto index = BuildIndex({.dimension = kDimension,
                                     .metric = metric,
                                     .index = IndexType::kLsh,
                                     .recall_target = target,
                                     .quantization = Quantization::kNone},
                                    rows);
      const LshPlan& plan = static_cast<const LshIndex&>(*index).plan();
      ASSERT_LT(2 * plan.rows, kRows) << "so that searches are no scans";
      double found_count = 0;
      WalkCounters counters;
      constexpr Row kStride = 10;
      for (Row query = 0; query < kRows; query += kStride) {
        const ExactDistance exact(metric, rows.Vector(query));
        std::vector<Candidate> expected;
        for (Row row = 0; row < kRows; ++row) expected.push_back({exact(rows.Vector(row).data()), row});
        std::ranges::sort(expected);
        // One more than the 20 that the plan is made for: the query itself.
        const auto found = index->Search(rows.Vector(query), {.count = 21}, nullptr, rows, &counters);
        for (size_t i = 1; i <= 10; ++i) found_count += std::ranges::count(*found, expected[i]) > 0;
      }
      const double searches = kRows / kStride;
      // The margin adds 0.3 of what may be missed; the sample of 128 queries errs by 1%, these 300 by less. A
      // search ends by the distances it has seen, and takes up to 16 buckets and 32 rows at a time: where few
      // are enough it does more than foretold.
      const double wanted = 1 - 0.7 * (1 - target / 1000.0);
      EXPECT_GE(found_count / (10 * searches), wanted - 0.03);
      const double cost =
          (static_cast<double>(counters.distances) + plan.probe_rows * static_cast<double>(counters.hops)) /
          searches;
      EXPECT_GE(cost, 0.7 * plan.rows);
      EXPECT_LE(cost, 1.3 * plan.rows + 32 + 16 * plan.probe_rows);
    }
  }
}

// Nothing to learn from: the plan must not lose any row.
TEST(LshTunerTest, WithoutQueriesThePlanReachesEverything) {
  const LshTuner::Goal goal{.row_count = 1, .row_bytes = 4};
  const LshHashFamily::Shape shape = LshTuner::FamilyShape(Metric::kL2, 3, goal);
  LshTuner tuner(LshHashFamily(shape, 1, 1), goal, {}, {});
  EXPECT_TRUE(tuner.Step());
  EXPECT_EQ(tuner.progress(), 1);
  EXPECT_GE(tuner.plan().reach, 1e30f);
}

}  // namespace
}  // namespace strata
