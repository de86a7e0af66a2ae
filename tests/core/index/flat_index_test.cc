#include "index/flat_index.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "index/hnsw_fixture.h"
#include "index/memory_rows.h"
#include "vector/distance.h"

namespace strata {
namespace {

CollectionOptions FlatOptions(uint32_t dimension, Metric metric, Quantization quantization) {
  return {.dimension = dimension, .metric = metric, .index = IndexType::kFlat, .quantization = quantization};
}

std::vector<Candidate> ScanPlainly(Metric metric, std::span<const float> query, const MemoryRows& rows,
                                   const RowBitmap* allowed) {
  std::vector<Candidate> all;
  for (Row row = 0; row < rows.row_count(); ++row) {
    if (!rows.Has(row) || (allowed != nullptr && !allowed->Test(row))) continue;
    all.push_back({Distance(metric, query.data(), rows.Vector(row).data(), query.size()), row});
  }
  std::ranges::sort(all);
  return all;
}

TEST(FlatIndexTest, WithoutCodesIsTheExactScan) {
  MemoryRows rows(20, ClusteredVectors(333, 20, 4));
  rows.Remove(100);
  RowBitmap allowed(333);
  for (Row row = 0; row < 333; row += 2) allowed.Set(row);
  for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
    const auto index = BuildIndex(FlatOptions(20, metric, Quantization::kNone), rows);
    EXPECT_EQ(index->memory_bytes(), 0u);
    for (const RowBitmap* const filter : std::initializer_list<const RowBitmap*>{nullptr, &allowed}) {
      WalkCounters counters;
      const std::vector<Candidate> expected = ScanPlainly(metric, rows.Vector(5), rows, filter);
      for (const uint32_t count : {1u, 10u, 1000u}) {
        const auto found = index->Search(rows.Vector(5), {.count = count}, filter, rows, &counters);
        const size_t size = std::min<size_t>(count, expected.size());
        EXPECT_EQ(*found, std::vector<Candidate>(expected.begin(), expected.begin() + size));
      }
      EXPECT_EQ(counters.distances, 3 * expected.size());
    }
  }
}

TEST(FlatIndexTest, WithCodesIsTheScanUpToTheirError) {
  MemoryRows rows(64, ClusteredVectors(500, 64, 4));
  const auto index = BuildIndex(FlatOptions(64, Metric::kL2, Quantization::kSq8), rows);
  WalkCounters counters;
  const auto found = index->Search(rows.Vector(9), {.count = 500}, nullptr, rows, &counters);
  ASSERT_EQ(found->size(), 500u);
  EXPECT_EQ(found->front(), (Candidate{0, 9}));
  const float bound = index->Codes().step[0] * 8;  // Half a step in each of 64 components, of both vectors.
  const ExactDistance exact(Metric::kL2, rows.Vector(9));
  for (const Candidate& candidate : *found) {
    EXPECT_NEAR(candidate.distance, exact(rows.Vector(candidate.row).data()), bound);
  }
}

TEST(FlatIndexTest, AnUnreadableRowIsAnError) {
  MemoryRows rows(4, ClusteredVectors(10, 4, 4));
  const auto index = BuildIndex(FlatOptions(4, Metric::kL2, Quantization::kNone), rows);
  rows.MakeUnreadable(3);
  WalkCounters counters;
  EXPECT_EQ(index->Search(rows.Vector(0), {.count = 2}, nullptr, rows, &counters).error().code(),
            ErrorCode::kIoError);
}

TEST(FlatIndexTest, ATraceShowsWhatWasKept) {
  MemoryRows rows(4, ClusteredVectors(50, 4, 4));
  const auto index = BuildIndex(FlatOptions(4, Metric::kL2, Quantization::kNone), rows);
  std::vector<TraceEvent> events;
  const auto found = index->Trace(rows.Vector(0), {.count = 5}, nullptr, rows, &events);
  ASSERT_EQ(events.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(events[i].to, (*found)[i].row);
}

}  // namespace
}  // namespace strata
