#include "index/hnsw_builder.h"

#include <gtest/gtest.h>

#include <vector>

#include "index/hnsw_fixture.h"
#include "index/hnsw_linker.h"

namespace strata {
namespace {

std::vector<uint32_t> Words(const HnswGraph& graph) {
  std::vector<uint32_t> words = {graph.entry()};
  for (const auto part : {graph.base(), graph.upper_offset(), graph.upper()}) {
    words.insert(words.end(), part.begin(), part.end());
  }
  return words;
}

TEST(HnswBuilderTest, InvariantsHoldAfterEveryHundredInserts) {
  for (const uint32_t m : {2u, 5u, 16u}) {
    SCOPED_TRACE(m);
    MemoryRows rows(10, ClusteredVectors(1200, 10, m));
    ScalarCodes codes(*TrainQuantizer(Metric::kL2, {}, rows), rows.row_count());
    std::vector<uint8_t> levels;
    for (Row row = 0; row < rows.row_count(); ++row) {
      codes.Set(row, rows.Vector(row));
      levels.push_back(RandomLevel(9, row, m));
    }
    HnswGraph graph(m, levels);
    HnswLinker linker(std::max(m, 30u), codes, &graph);
    // In the order of rows here, so that the entry moves up now and then.
    for (Row row = 0; row < rows.row_count(); ++row) {
      linker.Insert(row);
      if (row % 100 != 0) continue;
      const Result<void> sound = graph.CheckInvariants();
      ASSERT_TRUE(sound.has_value()) << "after row " << row << ": " << sound.error().message();
    }
  }
}

TEST(HnswBuilderTest, SameSeedSameBytesHoweverTheWorkIsCut) {
  MemoryRows rows(16, ClusteredVectors(600, 16, 1));
  const CollectionOptions options = HnswOptions(16, Metric::kCosine, 8, 50);
  const auto at_once = BuildIndex(options, rows);
  const auto in_crumbs = BuildIndex(options, rows, {}, 0);
  EXPECT_EQ(Words(GraphOf(*at_once)), Words(GraphOf(*in_crumbs)));
  const auto other_seed = BuildIndex(options, rows, {}, 0, 43);
  EXPECT_NE(Words(GraphOf(*at_once)), Words(GraphOf(*other_seed)));
}

TEST(HnswBuilderTest, AStepIsBoundedAndProgressOnlyGrows) {
  MemoryRows rows(8, ClusteredVectors(400, 8, 1));
  MemoryEnv clock;
  auto builder =
      *MakeIndexBuilder({.collection = HnswOptions(8, Metric::kL2), .seed = 1, .env = &clock}, &rows);
  EXPECT_EQ(builder->progress(), 0);
  double progress = 0;
  int step_count = 0;
  for (bool done = false; !done; ++step_count) {
    done = *builder->Step(0);
    EXPECT_GE(builder->progress(), progress);
    progress = builder->progress();
    EXPECT_LE(progress, 1);
  }
  EXPECT_GT(step_count, 400) << "a step of no time links a single row";
  EXPECT_DOUBLE_EQ(progress, 1);
  EXPECT_GT(builder->memory_bytes(), 400 * (8 * 16 + 16 + 16));
  EXPECT_EQ(builder->Finish()->row_count(), 400u);
}

TEST(HnswBuilderTest, RowsWithoutAVectorStayOutside) {
  MemoryRows rows(6, ClusteredVectors(300, 6, 2));
  for (Row row = 0; row < 300; row += 3) rows.Remove(row);
  const auto index = BuildIndex(HnswOptions(6, Metric::kL2, 4, 30), rows);
  ASSERT_TRUE(GraphOf(*index).CheckInvariants().has_value());
  EXPECT_EQ(index->LayerRows().front(), 200u);
  WalkCounters counters;
  const auto found = index->Search(rows.Vector(0), {.count = 300, .ef = 300}, nullptr, rows, &counters);
  EXPECT_GE(found->size(), 190u);
  for (const Candidate& candidate : *found) EXPECT_NE(candidate.row % 3, 0u);
}

TEST(HnswBuilderTest, EmptyAndTinyRowSetsWork) {
  for (const uint32_t row_count : {0u, 1u, 2u, 5u}) {
    SCOPED_TRACE(row_count);
    MemoryRows rows(4, ClusteredVectors(row_count, 4, 8));
    const auto index = BuildIndex(HnswOptions(4, Metric::kL2), rows);
    ASSERT_TRUE(GraphOf(*index).CheckInvariants().has_value());
    const std::vector<float> query = {0, 0, 0, 0};
    WalkCounters counters;
    EXPECT_EQ(index->Search(query, {.count = 10, .ef = 64}, nullptr, rows, &counters)->size(), row_count);
  }
}

TEST(HnswBuilderTest, EqualVectorsAreAllLinkedAndFound) {
  MemoryRows rows(4, std::vector<float>(4 * 500, 1.5f));
  const auto index = BuildIndex(HnswOptions(4, Metric::kL2, 4, 40), rows);
  ASSERT_TRUE(GraphOf(*index).CheckInvariants().has_value());
  WalkCounters counters;
  const auto found = index->Search(rows.Vector(0), {.count = 10, .ef = 64}, nullptr, rows, &counters);
  EXPECT_EQ(found->size(), 10u);
  for (const Candidate& candidate : *found) EXPECT_EQ(candidate.distance, 0);
}

TEST(HnswBuilderTest, ARowThatCannotBeReadStopsTheBuildWithItsError) {
  MemoryRows rows(4, ClusteredVectors(100, 4, 8));
  rows.MakeUnreadable(0);
  MemoryEnv clock;
  auto builder = *MakeIndexBuilder({.collection = HnswOptions(4, Metric::kL2), .env = &clock}, &rows);
  EXPECT_EQ(builder->Step(1000).error().code(), ErrorCode::kIoError);
}

}  // namespace
}  // namespace strata
