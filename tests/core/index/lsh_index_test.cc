#include "index/lsh_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <set>
#include <vector>

#include "index/hnsw_fixture.h"
#include "index/memory_rows.h"
#include "support/result_matchers.h"
#include "vector/distance.h"

namespace strata {
namespace {

constexpr uint32_t kRows = 4000;
constexpr uint32_t kQueries = 40;
constexpr uint32_t kDimension = 24;

CollectionOptions LshOptions(uint32_t dimension, Metric metric,
                             Quantization quantization = Quantization::kNone) {
  return {.dimension = dimension, .metric = metric, .index = IndexType::kLsh, .quantization = quantization};
}

const LshIndex& LshOf(const VectorIndex& index) { return static_cast<const LshIndex&>(index); }

std::vector<Candidate> ScanPlainly(Metric metric, std::span<const float> query, const MemoryRows& rows,
                                   const std::vector<Row>& among) {
  std::vector<Candidate> all;
  for (const Row row : among) {
    all.push_back({Distance(metric, query.data(), rows.Vector(row).data(), query.size()), row});
  }
  std::ranges::sort(all);
  return all;
}

class LshIndexTest : public testing::TestWithParam<Metric> {
 protected:
  LshIndexTest()
      : vectors_(ClusteredVectors(kRows + kQueries, kDimension, 3, 60)),
        rows_(kDimension, {vectors_.begin(), vectors_.begin() + kRows * kDimension}) {
    for (Row row = 5; row < kRows; row += 100) rows_.Remove(row);
    index_ = BuildIndex(LshOptions(kDimension, GetParam()), rows_);
  }
  // Of the same clusters as the rows.
  std::span<const float> Query(size_t i) const {
    return std::span(vectors_).subspan((kRows + i) * kDimension, kDimension);
  }
  const std::vector<float> vectors_;
  MemoryRows rows_;
  std::unique_ptr<VectorIndex> index_;
};

TEST_P(LshIndexTest, KeepsTheRulesOfItsTables) {
  EXPECT_THAT(LshOf(*index_).tables().CheckInvariants(kRows), IsOk());
  EXPECT_EQ(LshOf(*index_).tables().hashed_row_count(), kRows - kRows / 100);
}

// Every bucket, found by comparing keys one by one, and every row in them measured.
TEST_P(LshIndexTest, ASearchOfSoManyProbesAnswersWithTheBestRowsOfTheseBuckets) {
  const LshIndex& lsh = LshOf(*index_);
  const LshView view = index_->Lsh();
  for (const uint32_t probes : {1u, 3u, 10u}) {
    for (size_t i = 0; i < kQueries; ++i) {
      std::vector<float> point(lsh.family().point_stride()), products(lsh.family().function_count());
      lsh.family().PrepareQuery(Query(i).data(), point.data());
      lsh.family().Project(point.data(), 1, products.data());
      LshProbes sequence;
      sequence.Start(lsh.family(), products.data(), lsh.plan().deviation);
      std::set<Row> met;
      LshBucket bucket;
      for (uint32_t probe = 0; probe < probes * view.tables && sequence.Next(&bucket); ++probe) {
        for (uint32_t b = view.table_buckets[bucket.table]; b < view.table_buckets[bucket.table + 1]; ++b) {
          if (view.keys[b] != bucket.key) continue;
          met.insert(view.rows.begin() + view.bucket_rows[b], view.rows.begin() + view.bucket_rows[b + 1]);
        }
      }
      std::vector<Candidate> expected = ScanPlainly(GetParam(), Query(i), rows_, {met.begin(), met.end()});
      if (expected.size() < 5) continue;  // Then the search goes on.
      expected.resize(5);
      WalkCounters counters;
      const auto found = index_->Search(Query(i), {.count = 5, .probes = probes}, nullptr, rows_, &counters);
      ASSERT_EQ(*found, expected);
      EXPECT_EQ(counters.distances, met.size());
    }
  }
}

TEST_P(LshIndexTest, FindsTheWantedShareOfTheNeighboursWithFewerDistancesThanAScan) {
  std::vector<Row> all;
  for (Row row = 0; row < kRows; ++row) {
    if (rows_.Has(row)) all.push_back(row);
  }
  double found_count = 0;
  WalkCounters counters;
  for (size_t i = 0; i < kQueries; ++i) {
    const auto found = index_->Search(Query(i), {.count = 20}, nullptr, rows_, &counters);
    const std::vector<Candidate> expected = ScanPlainly(GetParam(), Query(i), rows_, all);
    for (size_t n = 0; n < 10; ++n) found_count += std::ranges::count(*found, expected[n]) > 0;
  }
  // The target is 0.95; what 40 queries find has a standard error of 0.01.
  EXPECT_GE(found_count / (10 * kQueries), 0.93);
  EXPECT_LT(counters.distances / kQueries, kRows / 2);
}

TEST_P(LshIndexTest, FiltersNeverLeaveFewerThanThereAre) {
  for (const uint32_t keep_every : {1u, 2u, 10u, 300u, 3999u}) {
    SCOPED_TRACE(keep_every);
    RowBitmap allowed(kRows);
    for (Row row = 0; row < kRows; row += keep_every) {
      if (rows_.Has(row)) allowed.Set(row);
    }
    for (const uint32_t probes : {0u, 1u}) {
      for (const uint32_t count : {1u, 10u, 5000u}) {
        for (size_t i = 0; i < 10; ++i) {
          WalkCounters counters;
          const auto found =
              index_->Search(Query(i), {.count = count, .probes = probes}, &allowed, rows_, &counters);
          ASSERT_THAT(found, IsOk());
          ASSERT_EQ(found->size(), std::min(count, allowed.Count()));
          for (const Candidate& candidate : *found) ASSERT_TRUE(allowed.Test(candidate.row));
          ASSERT_TRUE(std::ranges::is_sorted(*found));
          ASSERT_LE(counters.distances, 2 * allowed.Count() + 100) << "no dearer than two scans";
        }
      }
    }
  }
}

TEST_P(LshIndexTest, ATraceTellsTheWholeSearchAndChangesNothing) {
  for (const uint32_t probes : {0u, 7u}) {
    std::vector<TraceEvent> events;
    WalkCounters counters;
    const WalkParams params{.count = 10, .probes = probes};
    const auto found = index_->Search(Query(1), params, nullptr, rows_, &counters);
    const auto traced = index_->Trace(Query(1), params, nullptr, rows_, &events);
    EXPECT_EQ(*traced, *found) << "looking must not change the answer";
    if (counters.hops == 0) continue;  // It was a scan.
    const ExactDistance exact(GetParam(), Query(1));
    uint64_t probed = 0, measured = 0;
    float score = 0;
    for (const TraceEvent& event : events) {
      if (event.kind == TraceEvent::Kind::kProbe) {
        ++probed;
        EXPECT_GE(event.distance, score) << "the likeliest bucket first";
        score = event.distance;
        EXPECT_EQ(event.to, LshOf(*index_).tables().Find(event.layer, event.from).size());
      } else {
        ++measured;
        EXPECT_FLOAT_EQ(event.distance, exact(rows_.Vector(event.to).data()));
        EXPECT_EQ(event.kind == TraceEvent::Kind::kKeep, event.distance <= event.bound);
      }
    }
    EXPECT_EQ(probed, counters.hops);
    EXPECT_EQ(measured, counters.distances);
    EXPECT_TRUE(probes == 0 || probed == uint64_t{probes} * LshOf(*index_).plan().table_count);
  }
}

TEST_P(LshIndexTest, AnUnreadableRowIsAnErrorAndTheNextSearchWorks) {
  const WalkParams params{.count = 5, .probes = 1};
  WalkCounters counters;
  const auto before = index_->Search(Query(0), params, nullptr, rows_, &counters);
  rows_.MakeUnreadable(before->front().row);
  EXPECT_THAT(index_->Search(Query(0), params, nullptr, rows_, &counters), IsError(ErrorCode::kIoError));
  rows_.MakeUnreadable(kNoRow);
  EXPECT_EQ(*index_->Search(Query(0), params, nullptr, rows_, &counters), *before);
}

std::string MetricName(const testing::TestParamInfo<Metric>& metric) {
  return metric.param == Metric::kL2 ? "L2" : metric.param == Metric::kCosine ? "Cosine" : "Dot";
}

INSTANTIATE_TEST_SUITE_P(Metrics, LshIndexTest, testing::Values(Metric::kL2, Metric::kCosine, Metric::kDot),
                         MetricName);

bool IsSame(const VectorIndex& a, const VectorIndex& b) {
  const LshView x = a.Lsh(), y = b.Lsh();
  return LshOf(a).plan() == LshOf(b).plan() && x.hyperplanes == y.hyperplanes && x.offsets == y.offsets &&
         x.table_buckets == y.table_buckets && x.keys == y.keys && x.bucket_rows == y.bucket_rows &&
         x.rows == y.rows;
}

TEST(LshBuilderTest, TheSameSeedGivesTheSameIndexHoweverTheWorkIsCut) {
  MemoryRows rows(10, ClusteredVectors(700, 10, 5));
  for (const Metric metric : {Metric::kL2, Metric::kCosine}) {
    const CollectionOptions options = LshOptions(10, metric, Quantization::kSq8);
    const auto index = BuildIndex(options, rows);
    EXPECT_TRUE(IsSame(*index, *BuildIndex(options, rows, {}, /*micros=*/0)));
    EXPECT_FALSE(IsSame(*index, *BuildIndex(options, rows, {}, 1'000'000, /*seed=*/43)));
  }
}

TEST(LshBuilderTest, TablesAndHashesThatAreAskedForAreMade) {
  MemoryRows rows(10, ClusteredVectors(700, 10, 5));
  for (const Metric metric : {Metric::kL2, Metric::kDot}) {
    CollectionOptions options = LshOptions(10, metric);
    options.lsh_tables = 5;
    const auto five = BuildIndex(options, rows);
    EXPECT_EQ(five->Lsh().tables, 5u);
    options.lsh_tables = 0;
    options.lsh_hashes = 7;
    EXPECT_EQ(BuildIndex(options, rows)->Lsh().hashes, 7u);
    options.lsh_tables = 64;
    options.lsh_hashes = 32;
    const LshView most = BuildIndex(options, rows)->Lsh();
    EXPECT_EQ(most.tables, 64u);
    EXPECT_EQ(most.hashes, 32u);
    EXPECT_EQ(most.offsets.size(), 64u * 32);
  }
}

TEST(LshBuilderTest, AHigherTargetReachesFarther) {
  MemoryRows rows(24, ClusteredVectors(3000, 24, 5));
  CollectionOptions options = LshOptions(24, Metric::kL2);
  options.recall_target = 700;
  const float low = LshOf(*BuildIndex(options, rows)).plan().rows;
  options.recall_target = 990;
  EXPECT_GT(LshOf(*BuildIndex(options, rows)).plan().rows, 1.2f * low);
}

// No row, one row, rows that are all the same, rows that are zero, and huge ones.
TEST(LshBuilderTest, OddRowsAreIndexedAndFound) {
  constexpr float kHuge = std::numeric_limits<float>::max() / 4;
  const std::vector<float> queries[] = {{0, 0}, {1, 2}, {-kHuge, kHuge}};
  const std::vector<std::vector<float>> sets = {
      {0, 0},
      {3, 4},
      std::vector<float>(600, 2.5f),
      std::vector<float>(600, 0.0f),
      {kHuge, kHuge, -kHuge, kHuge, 1, 1, 0, 0, 1e-38f, 1e-38f},
  };
  for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
    for (const std::vector<float>& values : sets) {
      MemoryRows rows(2, values);
      const auto index = BuildIndex(LshOptions(2, metric), rows);
      ASSERT_NE(index, nullptr);
      EXPECT_THAT(LshOf(*index).tables().CheckInvariants(rows.row_count()), IsOk());
      for (const std::vector<float>& query : queries) {
        for (const uint32_t probes : {0u, 2u}) {
          WalkCounters counters;
          const auto found = index->Search(query, {.count = 10, .probes = probes}, nullptr, rows, &counters);
          EXPECT_EQ(found->size(), std::min(10u, rows.row_count()));
        }
      }
    }
    MemoryRows absent(2, {1, 2, 3, 4});
    absent.Remove(0);
    absent.Remove(1);
    const auto empty = BuildIndex(LshOptions(2, metric), absent);
    WalkCounters counters;
    EXPECT_TRUE(empty->Search(queries[1], {.count = 10}, nullptr, absent, &counters)->empty());
  }
}

}  // namespace
}  // namespace strata
