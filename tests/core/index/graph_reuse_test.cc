#include "index/graph_reuse.h"

#include <gtest/gtest.h>

#include <vector>

#include "index/hnsw_fixture.h"
#include "index/real_data.h"
#include "index/rescore.h"

namespace strata {
namespace {

// Two segments become one: of the first, `dead_percent` of the rows died; all of the second are new to the
// graph.
struct Merge {
  std::vector<float> values;
  std::vector<Row> new_row;  // Of the first segment.
};

Merge MergeRows(const RealData& data, uint32_t first_rows, uint32_t dead_percent) {
  Merge merge;
  const uint32_t total = static_cast<uint32_t>(data.base.size() / data.dimension);
  Row next = 0;
  for (Row row = 0; row < total; ++row) {
    const bool dead = row < first_rows && row * 2654435761u % 100 < dead_percent;
    if (row < first_rows) merge.new_row.push_back(dead ? kNoRow : next);
    if (dead) continue;
    ++next;
    const auto from = data.base.begin() + static_cast<ptrdiff_t>(size_t{row} * data.dimension);
    merge.values.insert(merge.values.end(), from, from + data.dimension);
  }
  return merge;
}

// Measured with 10,000 rows of word2vec and all of sift-5k: within 0.5% of a graph built anew, whatever died.
TEST(GraphReuseTest, AMergedGraphFindsAsMuchAsOneBuiltAnew) {
  for (const char* const name : {"sift-5k", "word2vec-300"}) {
    STRATA_LOAD_OR_SKIP(data, name, 4000, 100);
    const CollectionOptions options = HnswOptions(data.dimension, data.metric);
    MemoryRows first(data.dimension, {data.base.begin(), data.base.begin() + 2500 * data.dimension});
    const auto first_index = BuildIndex(options, first);
    for (const uint32_t dead_percent : {0u, 10u, 50u}) {
      SCOPED_TRACE(std::string(name) + " dead " + std::to_string(dead_percent));
      Merge merge = MergeRows(data, 2500, dead_percent);
      RealData merged = data;
      merged.base = merge.values;
      MemoryRows rows(data.dimension, merge.values);
      const auto index = BuildIndex(options, rows, {.index = first_index.get(), .new_row = merge.new_row});
      const auto anew = BuildIndex(options, rows);
      const Result<void> sound = GraphOf(*index).CheckInvariants();
      ASSERT_TRUE(sound.has_value()) << sound.error().message();
      EXPECT_EQ(index->LayerRows().front(), rows.row_count()) << "every row that lives is in the graph";

      const RecallMeter meter(merged, 10);
      const auto recall = [&](VectorIndex& of) {
        return MeanRecall(merged, meter, [&](std::span<const float> query) {
          WalkCounters counters;
          return *of.Search(query, {.count = DefaultRescoreDepth(10), .ef = 64}, nullptr, rows, &counters);
        });
      };
      EXPECT_GE(recall(*index), recall(*anew) - 0.01);
      EXPECT_GE(recall(*index), 0.97);
    }
  }
}

TEST(GraphReuseTest, RowsWhoseNeighboursLiveKeepTheirLinks) {
  MemoryRows rows(8, ClusteredVectors(500, 8, 3));
  const CollectionOptions options = HnswOptions(8, Metric::kL2, 8, 50);
  const auto old_index = BuildIndex(options, rows);
  std::vector<Row> same(500);
  for (Row row = 0; row < 500; ++row) same[row] = row;
  const auto index = BuildIndex(options, rows, {.index = old_index.get(), .new_row = same});
  const auto base = [](const VectorIndex& of) {
    return std::vector<uint32_t>(GraphOf(of).base().begin(), GraphOf(of).base().end());
  };
  EXPECT_EQ(base(*index), base(*old_index));
  EXPECT_EQ(GraphOf(*index).entry(), GraphOf(*old_index).entry());
}

TEST(GraphReuseTest, AGraphThatLostEveryRowOrHasAnotherMIsOfNoUseAndNoHarm) {
  MemoryRows rows(8, ClusteredVectors(300, 8, 3));
  const auto old_index = BuildIndex(HnswOptions(8, Metric::kL2, 8, 50), rows);
  const std::vector<Row> all_dead(300, kNoRow);
  for (const uint32_t m : {8u, 10u}) {
    const auto index = BuildIndex(HnswOptions(8, Metric::kL2, m, 50), rows, {old_index.get(), all_dead});
    EXPECT_TRUE(GraphOf(*index).CheckInvariants().has_value());
    EXPECT_EQ(index->LayerRows().front(), 300u);
  }
}

}  // namespace
}  // namespace strata
