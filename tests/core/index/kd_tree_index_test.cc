// The exactness of the kd-tree in few dimensions: its answers are those of an exact scan, row by row and bit
// by bit, whatever the metric, the filter and the data.
#include "index/kd_tree_index.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "index/kd_fixture.h"

namespace strata {
namespace {

constexpr Metric kMetrics[] = {Metric::kL2, Metric::kCosine, Metric::kDot};
const WalkParams kUnbounded = {.count = 10, .probes = KdTreeIndex::kExact};

std::vector<float> EvenVectors(uint32_t row_count, uint32_t dimension, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> even(-1, 1);
  std::vector<float> values(size_t{row_count} * dimension);
  for (float& x : values) x = even(random);
  return values;
}

// Numbers of few values, so that most rows have a twin and most distances a tie.
std::vector<float> GridVectors(uint32_t row_count, uint32_t dimension, uint32_t seed) {
  std::vector<float> values = EvenVectors(row_count, dimension, seed);
  for (float& x : values) x = std::round(x * 2) + 3;
  return values;
}

// Far from the origin and close together, where products of floats lose their digits.
std::vector<float> DistantVectors(uint32_t row_count, uint32_t dimension, uint32_t seed) {
  std::vector<float> values = EvenVectors(row_count, dimension, seed);
  for (float& x : values) x = x * 0.01f + 500;
  return values;
}

std::vector<float> TinyAndHugeVectors(uint32_t row_count, uint32_t dimension, uint32_t seed) {
  std::vector<float> values = EvenVectors(row_count, dimension, seed);
  for (size_t i = 0; i < values.size(); ++i) values[i] *= i / dimension % 2 == 0 ? 1e-25f : 1e25f;
  return values;
}

struct Data {
  std::string name;
  std::vector<float> (*make)(uint32_t row_count, uint32_t dimension, uint32_t seed);
};

class KdTreeExactnessTest : public testing::TestWithParam<Data> {
 protected:
  static constexpr uint32_t kRows = 2000;

  void ExpectExact(VectorIndex& index, Metric metric, MemoryRows& rows, std::span<const float> queries,
                   const RowBitmap* allowed) {
    for (size_t at = 0; at < queries.size(); at += rows.dimension()) {
      const auto query = queries.subspan(at, rows.dimension());
      for (const uint32_t count : {1u, 10u, 100u}) {
        WalkCounters counters;
        const auto found =
            index.Search(query, {.count = count, .probes = KdTreeIndex::kExact}, allowed, rows, &counters);
        ASSERT_EQ(*found, ScanExactly(metric, query, rows, allowed, count));
      }
    }
  }
};

TEST_P(KdTreeExactnessTest, AnswersAreThoseOfTheScanBitForBit) {
  for (const uint32_t dimension : {2u, 3u, 8u}) {
    for (const Metric metric : kMetrics) {
      SCOPED_TRACE(testing::Message()
                   << "dimension " << dimension << ", metric " << static_cast<int>(metric));
      MemoryRows rows(dimension, GetParam().make(kRows, dimension, dimension));
      for (Row row = 5; row < kRows; row += 97) rows.Remove(row);
      // Queries of the same kind, and some that are rows, and some far away.
      std::vector<float> queries = GetParam().make(20, dimension, 1000);
      for (const Row row : {0u, 1u, 700u}) {
        queries.insert(queries.end(), rows.Vector(row).begin(), rows.Vector(row).end());
      }
      for (uint32_t i = 0; i < 3 * dimension; ++i) queries.push_back(queries[i] * 100);
      const RowBitmap half = RandomRows(kRows, 50, 1), few = RandomRows(kRows, 2, 2), none(kRows);
      const auto index = BuildIndex(KdOptions(dimension, metric, 8), rows);
      for (const RowBitmap* const allowed :
           std::initializer_list<const RowBitmap*>{nullptr, &half, &few, &none}) {
        ExpectExact(*index, metric, rows, queries, allowed);
      }
    }
  }
}

TEST_P(KdTreeExactnessTest, AFilterOfOneCornerFindsThatCorner) {
  MemoryRows rows(3, GetParam().make(kRows, 3, 7));
  RowBitmap corner(kRows);
  for (const Candidate& near : ScanExactly(Metric::kL2, rows.Vector(0), rows, nullptr, 600))
    corner.Set(near.row);
  const auto index = BuildIndex(KdOptions(3, Metric::kL2, 8), rows);
  ExpectExact(*index, Metric::kL2, rows, rows.values().subspan(0, 30), &corner);
}

INSTANTIATE_TEST_SUITE_P(
    Data, KdTreeExactnessTest,
    testing::Values(Data{"Even", EvenVectors}, Data{"Grid", GridVectors}, Data{"Distant", DistantVectors},
                    Data{"TinyAndHuge", TinyAndHugeVectors},
                    Data{"Clustered", [](uint32_t rows, uint32_t dimension,
                                         uint32_t seed) { return ClusteredVectors(rows, dimension, seed); }}),
    [](const auto& data) { return data.param.name; });

TEST(KdTreeIndexTest, InFewDimensionsSearchesAreExactByDefaultAndMeasureFewRows) {
  MemoryRows rows(3, EvenVectors(20'000, 3, 5));
  const auto index = BuildIndex(KdOptions(3, Metric::kL2), rows);
  EXPECT_EQ(static_cast<const KdTreeIndex&>(*index).default_probes(), KdTreeIndex::kExact);
  WalkCounters counters;
  for (Row row = 0; row < 100; ++row) {
    const auto found = index->Search(rows.Vector(row), {.count = 10}, nullptr, rows, &counters);
    EXPECT_EQ(*found, ScanExactly(Metric::kL2, rows.Vector(row), rows, nullptr, 10));
  }
  // A ball of 10 of 20,000 rows meets a handful of cells of 32.
  EXPECT_LT(counters.distances, 100u * 500);
}

TEST(KdTreeIndexTest, InManyDimensionsVisitsAreBounded) {
  MemoryRows rows(64, EvenVectors(4000, 64, 5));
  const auto index = BuildIndex(KdOptions(64, Metric::kL2, 10, Quantization::kSq8), rows);
  const uint32_t probes = static_cast<const KdTreeIndex&>(*index).default_probes();
  EXPECT_LT(probes, 400u + 112) << "of 512 cells";
  WalkCounters one, seven, all;
  ASSERT_TRUE(index->Search(rows.Vector(0), {.count = 5, .probes = 1}, nullptr, rows, &one));
  ASSERT_TRUE(index->Search(rows.Vector(0), {.count = 5, .probes = 7}, nullptr, rows, &seven));
  ASSERT_TRUE(index->Search(rows.Vector(0), {.count = 5}, nullptr, rows, &all));
  EXPECT_EQ(one.hops, 1u);
  EXPECT_NEAR(static_cast<double>(seven.hops), 7, 1);
  EXPECT_LE(all.hops, probes + 1);
}

TEST(KdTreeIndexTest, ABoundedSearchStillFillsTheCount) {
  MemoryRows rows(64, EvenVectors(4000, 64, 5));
  for (const Quantization quantization : {Quantization::kNone, Quantization::kSq8}) {
    const auto index = BuildIndex(KdOptions(64, Metric::kCosine, 10, quantization), rows);
    for (const uint32_t percent : {100u, 30u, 1u}) {
      const RowBitmap allowed = RandomRows(4000, percent, percent);
      WalkCounters counters;
      const auto found =
          index->Search(rows.Vector(3), {.count = 300, .probes = 1}, &allowed, rows, &counters);
      EXPECT_EQ(found->size(), std::min(300u, allowed.Count()));
      for (const Candidate& candidate : *found) EXPECT_TRUE(allowed.Test(candidate.row));
    }
  }
}

TEST(KdTreeIndexTest, TheDefaultReachesTheRecallItWasChosenFor) {
  MemoryRows rows(48, ClusteredVectors(5000, 48, 11));
  const std::vector<float> queries = ClusteredVectors(5100, 48, 11);  // The same centres, then other rows.
  for (const uint32_t target : {700u, 950u}) {
    CollectionOptions options = KdOptions(48, Metric::kL2, 16);
    options.recall_target = target;
    const auto index = BuildIndex(options, rows);
    size_t found_count = 0;
    for (size_t i = 5000; i < 5100; ++i) {
      const std::span<const float> query(&queries[i * 48], 48);
      WalkCounters counters;
      const auto found = index->Search(query, {.count = 10}, nullptr, rows, &counters);
      const auto expected = ScanExactly(Metric::kL2, query, rows, nullptr, 10);
      for (const Candidate& candidate : *found) found_count += std::ranges::count(expected, candidate);
    }
    // 100 queries of 10 answers: two deviations of a share of 0.7 are 0.03.
    EXPECT_GE(found_count, target - 40);
  }
}

TEST(KdTreeIndexTest, AnUnreadableRowIsAnError) {
  MemoryRows rows(40, EvenVectors(100, 40, 4));
  const auto index = BuildIndex(KdOptions(40, Metric::kL2), rows);
  rows.MakeUnreadable(3);
  WalkCounters counters;
  EXPECT_EQ(index->Search(rows.Vector(3), kUnbounded, nullptr, rows, &counters).error().code(),
            ErrorCode::kIoError);
}

TEST(KdTreeIndexTest, ATraceShowsTheCellsNearestFirstAndWhatTheyHeld) {
  MemoryRows rows(2, EvenVectors(500, 2, 4));
  const auto index = BuildIndex(KdOptions(2, Metric::kL2, 8), rows);
  std::vector<TraceEvent> events;
  const auto found = index->Trace(rows.Vector(7), {.count = 5}, nullptr, rows, &events);
  ASSERT_EQ(found->size(), 5u);
  ASSERT_EQ(events.front().kind, TraceEvent::Kind::kProbe);
  const KdTreeView view = index->KdTree();
  float lower_bound = 0;
  size_t kept = 0;
  for (const TraceEvent& event : events) {
    if (event.kind == TraceEvent::Kind::kProbe) {
      EXPECT_GE(event.distance, lower_bound);
      lower_bound = event.distance;
    } else {
      EXPECT_GE(event.distance, lower_bound * 0.999f) << "no row is nearer than its cell";
      kept += event.kind == TraceEvent::Kind::kKeep;
    }
  }
  EXPECT_GE(kept, 5u);
}

TEST(KdTreeIndexTest, TheViewShowsEveryRowOnItsSideOfEverySplit) {
  MemoryRows rows(2, EvenVectors(300, 2, 4));
  const KdTreeView view = BuildIndex(KdOptions(2, Metric::kL2, 8), rows)->KdTree();
  ASSERT_EQ(view.rows.size(), 300u);
  for (const KdTreeNode& node : view.nodes) {
    if (node.left < 0) continue;
    const auto coordinate = [&](Row row) {
      float sum = 0;
      for (size_t i = 0; i < 2; ++i) {
        sum += view.axes[node.axis * 2 + i] * (rows.Vector(row)[i] - view.mean[i]);
      }
      return sum;
    };
    const KdTreeNode& left = view.nodes[static_cast<size_t>(node.left)];
    for (uint32_t i = 0; i < node.count; ++i) {
      const float x = coordinate(view.rows[node.first + i]);
      if (i < left.count) {
        EXPECT_LE(x, node.value + 1e-5f);
      } else {
        EXPECT_GE(x, node.value - 1e-5f);
      }
    }
  }
}

}  // namespace
}  // namespace strata
