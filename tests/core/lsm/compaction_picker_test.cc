#include "lsm/compaction_picker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace strata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr CompactionPolicy kPolicy{.fanout = 4, .dead_fraction_max = 0.3, .index_rows_min = 2000};
constexpr uint64_t kMegabyte = 1 << 20;

std::vector<std::string> Words(const std::vector<CompactionPlan>& plans) {
  std::vector<std::string> words;
  for (const CompactionPlan& plan : plans) words.push_back(Describe(plan));
  return words;
}

SegmentFacts Facts(FileNumber file, uint64_t megabytes, uint32_t rows = 1000, uint32_t dead_rows = 0,
                   bool indexed = false) {
  return {
      .file = file, .rows = rows, .dead_rows = dead_rows, .bytes = megabytes * kMegabyte, .indexed = indexed};
}

TEST(CompactionPickerTest, NothingIsDueForNoSegmentsOrAFewOfDifferentSize) {
  EXPECT_THAT(PickCompactions({}, kPolicy), IsEmpty());
  const std::vector<SegmentFacts> segments = {Facts(1, 1), Facts(2, 1), Facts(3, 1), Facts(4, 50),
                                              Facts(5, 50)};
  EXPECT_THAT(Words(PickCompactions(segments, kPolicy)), IsEmpty());
}

TEST(CompactionPickerTest, FourSegmentsWithinAFactorOfFourAreMerged) {
  const std::vector<SegmentFacts> segments = {Facts(9, 16), Facts(4, 4), Facts(7, 5), Facts(5, 8),
                                              Facts(6, 17)};
  EXPECT_THAT(Words(PickCompactions(segments, kPolicy)), ElementsAre("merge segments 4, 5, 7, 9"));
}

TEST(CompactionPickerTest, ALargerRunIsMergedAtOnce) {
  std::vector<SegmentFacts> segments;
  for (FileNumber file = 1; file <= 6; ++file) segments.push_back(Facts(file, 3));
  EXPECT_THAT(Words(PickCompactions(segments, kPolicy)), ElementsAre("merge segments 1, 2, 3, 4, 5, 6"));
}

TEST(CompactionPickerTest, SizeCountsLiveRowsOnly) {
  // The fifth is as large as the others once its dead rows are gone.
  const std::vector<SegmentFacts> segments = {Facts(1, 1), Facts(2, 1), Facts(3, 1), Facts(4, 40, 1000, 960)};
  EXPECT_THAT(Words(PickCompactions(segments, kPolicy)), ElementsAre("merge segments 1, 2, 3, 4"));
}

TEST(CompactionPickerTest, TinySegmentsAreAlikeWhateverTheirSizes) {
  std::vector<SegmentFacts> segments = {Facts(1, 0), Facts(2, 0), Facts(3, 0), Facts(4, 0)};
  segments[0].bytes = 600;
  segments[1].bytes = 9000;
  segments[2].bytes = 60000;
  segments[3].bytes = 200000;
  EXPECT_THAT(Words(PickCompactions(segments, kPolicy)), ElementsAre("merge segments 1, 2, 3, 4"));
}

TEST(CompactionPickerTest, ASegmentWithMoreThanThreeTenthsDeadIsRewritten) {
  const std::vector<SegmentFacts> at_the_limit = {Facts(1, 10, 1000, 300)};
  EXPECT_THAT(PickCompactions(at_the_limit, kPolicy), IsEmpty());
  const std::vector<SegmentFacts> over_it = {Facts(1, 10, 1000, 301)};
  EXPECT_THAT(Words(PickCompactions(over_it, kPolicy)), ElementsAre("rewrite segment 1"));
  EXPECT_EQ(std::get<MergePlan>(PickCompactions(over_it, kPolicy)[0]).reason,
            "301 of 1000 rows are dead (30%).");
}

TEST(CompactionPickerTest, ASegmentWhoseRowsAreAllDeadGoesFirst) {
  const std::vector<SegmentFacts> segments = {Facts(1, 10, 1000, 400), Facts(2, 90, 1000, 1000)};
  EXPECT_THAT(Words(PickCompactions(segments, kPolicy)),
              ElementsAre("rewrite segment 2", "rewrite segment 1"));
}

TEST(CompactionPickerTest, IndexesAreBuiltSmallestFirstWhereEnoughRowsLive) {
  const std::vector<SegmentFacts> segments = {Facts(1, 100, 50000), Facts(2, 10, 5000), Facts(3, 4, 1999),
                                              Facts(4, 5, 2500, 501), Facts(5, 30, 9000, 0, true)};
  EXPECT_THAT(Words(PickCompactions(segments, kPolicy)), ElementsAre("index segment 2", "index segment 1"));
}

TEST(CompactionPickerTest, ASegmentAboutToBeMergedIsNotIndexed) {
  const std::vector<SegmentFacts> segments = {Facts(1, 9, 5000),     Facts(2, 9, 5000),
                                              Facts(3, 9, 5000),     Facts(4, 9, 5000),
                                              Facts(5, 500, 250000), Facts(6, 90, 50000, 20000)};
  EXPECT_THAT(Words(PickCompactions(segments, kPolicy)),
              ElementsAre("merge segments 1, 2, 3, 4", "rewrite segment 6", "index segment 5"));
}

TEST(CompactionPickerTest, MergeAllEndsWithOneIndexedSegmentWithoutDeadRows) {
  std::vector<SegmentFacts> segments = {Facts(3, 1), Facts(1, 500, 90000, 5)};
  EXPECT_THAT(Words(PlanMergeAll(segments, kPolicy)), ElementsAre("merge segments 1, 3"));
  segments = {Facts(4, 500, 90000, 5)};
  EXPECT_THAT(Words(PlanMergeAll(segments, kPolicy)), ElementsAre("rewrite segment 4"));
  segments = {Facts(5, 500, 90000)};
  EXPECT_THAT(Words(PlanMergeAll(segments, kPolicy)), ElementsAre("index segment 5"));
  segments[0].indexed = true;
  EXPECT_THAT(PlanMergeAll(segments, kPolicy), IsEmpty());
  EXPECT_THAT(PlanMergeAll({}, kPolicy), IsEmpty());
}

// Plays a collection that only grows, and checks what the class comment promises: few segments, few rewrites.
TEST(CompactionPickerTest, RepeatedFlushesLeaveFewSegmentsAndRewriteRowsRarely) {
  std::vector<SegmentFacts> segments;
  FileNumber next_file = 1;
  uint64_t merged_rows = 0;
  constexpr uint32_t kFlushes = 1000;
  for (uint32_t flush = 0; flush < kFlushes; ++flush) {
    segments.push_back(Facts(next_file++, 1, 1000));
    for (;;) {
      const std::vector<CompactionPlan> plans = PickCompactions(segments, kPolicy);
      const auto merge = std::ranges::find_if(
          plans, [](const CompactionPlan& plan) { return std::holds_alternative<MergePlan>(plan); });
      if (merge == plans.end()) break;
      SegmentFacts merged = Facts(next_file++, 0, 0);
      const std::vector<FileNumber>& files = std::get<MergePlan>(*merge).files;
      std::erase_if(segments, [&](const SegmentFacts& segment) {
        if (!std::ranges::binary_search(files, segment.file)) return false;
        merged.rows += segment.rows;
        merged.bytes += segment.bytes;
        return true;
      });
      merged_rows += merged.rows;
      segments.push_back(merged);
    }
    ASSERT_LE(segments.size(), 20u);  // At most 3 of each of the 5 to 6 sizes up to 1000 flushes.
  }
  EXPECT_LE(merged_rows, uint64_t{6} * kFlushes * 1000);
}

TEST(CompactionPickerTest, NoFileIsInTwoPlansAndTheOrderOfTheInputDoesNotMatter) {
  std::mt19937 engine(11);
  const auto random = [&engine] { return static_cast<uint32_t>(engine()); };
  for (int round = 0; round < 300; ++round) {
    std::vector<SegmentFacts> segments;
    const uint32_t count = random() % 20;
    for (FileNumber file = 1; file <= count; ++file) {
      const uint32_t rows = random() % 10000;
      segments.push_back(Facts(file, uint64_t{1} << (random() % 10), rows,
                               rows == 0 ? 0 : random() % (rows + 1), random() % 2 == 0));
    }
    const std::vector<CompactionPlan> plans = PickCompactions(segments, kPolicy);
    std::set<FileNumber> seen;
    bool index_seen = false;
    for (const CompactionPlan& plan : plans) {
      if (const auto* merge = std::get_if<MergePlan>(&plan)) {
        EXPECT_FALSE(index_seen) << "a merge after an index build";
        EXPECT_FALSE(merge->files.empty());
        EXPECT_TRUE(merge->reason.ends_with('.'));
        for (const FileNumber file : merge->files) EXPECT_TRUE(seen.insert(file).second) << file;
      } else {
        index_seen = true;
        EXPECT_TRUE(seen.insert(std::get<IndexPlan>(plan).file).second);
      }
    }
    std::ranges::shuffle(segments, engine);
    EXPECT_EQ(Words(PickCompactions(segments, kPolicy)), Words(plans));
  }
}

}  // namespace
}  // namespace strata
