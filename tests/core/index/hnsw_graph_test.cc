#include "index/hnsw_graph.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "index/hnsw_linker.h"

namespace strata {
namespace {

using Words = std::vector<uint32_t>;

// Four rows, M = 2: row 1 is on layers 0 to 2, row 3 on 0 and 1, row 2 is not in the graph.
HnswGraph SmallGraph() {
  HnswGraph graph(2, std::vector<uint8_t>{0, 2, HnswGraph::kNoLayer, 1});
  graph.SetEntry(1);
  graph.SetLinks(0, 0, Words{1, 3});
  graph.SetLinks(1, 0, Words{0});
  graph.SetLinks(3, 0, Words{0, 1});
  graph.SetLinks(1, 1, Words{3});
  graph.SetLinks(3, 1, Words{1});
  return graph;
}

Words Copy(std::span<const uint32_t> words) { return {words.begin(), words.end()}; }

TEST(HnswGraphTest, KeepsLayersAndLinks) {
  HnswGraph graph = SmallGraph();
  ASSERT_TRUE(graph.CheckInvariants().has_value());
  EXPECT_TRUE(graph.Has(0));
  EXPECT_FALSE(graph.Has(2));
  EXPECT_EQ(graph.Level(1), 2u);
  EXPECT_EQ(graph.LayerRows(), (Words{3, 2, 1}));
  EXPECT_EQ(Copy(graph.Links(3, 0)), (Words{0, 1}));
  EXPECT_EQ(Copy(graph.Links(1, 1)), Words{3});
  EXPECT_TRUE(graph.Links(1, 2).empty());
}

TEST(HnswGraphTest, ListsHoldTwiceMOnLayerZeroAndMAbove) {
  HnswGraph graph(2, std::vector<uint8_t>{1, 1, 1, 1, 1, 1});
  for (const Row to : {1u, 2u, 3u, 4u}) EXPECT_TRUE(graph.AddLink(0, 0, to));
  EXPECT_FALSE(graph.AddLink(0, 0, 5));
  for (const Row to : {1u, 2u}) EXPECT_TRUE(graph.AddLink(0, 1, to));
  EXPECT_FALSE(graph.AddLink(0, 1, 3));
  EXPECT_EQ(graph.Links(0, 0).size(), 4u);
}

TEST(HnswGraphTest, ShorterListsLeaveNoTraceOfLongerOnes) {
  HnswGraph longer = SmallGraph(), plain = SmallGraph();
  longer.SetLinks(0, 0, Words{1, 3});
  longer.SetLinks(0, 0, Words{3});
  plain.SetLinks(0, 0, Words{});
  plain.SetLinks(0, 0, Words{3});
  EXPECT_EQ(Copy(longer.base()), Copy(plain.base()));
}

// Each change breaks one rule; every one of them would make a search read or loop where it must not.
TEST(HnswGraphTest, ArraysThatBreakARuleAreRefused) {
  const HnswGraph good = SmallGraph();
  const auto load = [&](uint32_t m, Row entry, Words base, Words offsets, Words upper) {
    AlignedArray<Row> aligned(base.size());
    std::ranges::copy(base, aligned.data());
    return HnswGraph::FromArrays(m, entry, std::move(aligned), std::move(offsets), std::move(upper))
        .has_value();
  };
  const Words base = Copy(good.base()), offsets = Copy(good.upper_offset()), upper = Copy(good.upper());
  ASSERT_TRUE(load(2, 1, base, offsets, upper));

  const auto with = [](Words words, size_t place, uint32_t value) {
    words[place] = value;
    return words;
  };
  EXPECT_FALSE(load(2, 1, with(base, 3, 1), offsets, upper)) << "a gap in a list";
  EXPECT_FALSE(load(2, 1, with(base, 0, 4), offsets, upper)) << "a neighbour past the last row";
  EXPECT_FALSE(load(2, 1, with(base, 0, 0), offsets, upper)) << "itself as a neighbour";
  EXPECT_FALSE(load(2, 1, with(base, 0, 2), offsets, upper)) << "a neighbour that is not in the graph";
  EXPECT_FALSE(load(2, 1, with(base, 0, 3), offsets, upper)) << "the same neighbour twice";
  EXPECT_FALSE(load(2, 1, base, offsets, with(upper, 0, 3))) << "more neighbours than fit above layer 0";
  EXPECT_FALSE(load(2, 1, base, offsets, with(upper, 1, 0))) << "a neighbour that is not on this layer";
  EXPECT_FALSE(load(2, 1, base, with(offsets, 0, 1), upper)) << "offsets that do not start at 0";
  EXPECT_FALSE(load(2, 1, base, with(offsets, 2, 0), upper)) << "offsets that change layers";
  EXPECT_FALSE(load(2, 1, base, with(offsets, 2, 9), upper)) << "offsets that descend";
  EXPECT_FALSE(load(2, 1, base, with(offsets, 4, 400), upper)) << "offsets past the lists";
  EXPECT_FALSE(load(2, 3, base, offsets, upper)) << "an entry below the top";
  EXPECT_FALSE(load(2, 2, base, offsets, upper)) << "an entry that is not in the graph";
  EXPECT_FALSE(load(2, 7, base, offsets, upper)) << "an entry past the last row";
  EXPECT_FALSE(load(2, kNoRow, base, offsets, upper)) << "no entry";
  EXPECT_FALSE(load(3, 1, base, offsets, upper)) << "another M";
  EXPECT_FALSE(load(2, 1, {}, {}, {})) << "nothing at all";
}

TEST(HnswGraphTest, LevelsAreGeometricallyDistributedAndRepeatable) {
  constexpr uint32_t kRows = 200'000;
  for (const uint32_t m : {2u, 16u}) {
    std::vector<double> at_least(4, 0);
    for (Row row = 0; row < kRows; ++row) {
      const uint8_t level = RandomLevel(1, row, m);
      ASSERT_EQ(level, RandomLevel(1, row, m));
      for (size_t l = 0; l <= std::min<size_t>(level, 3); ++l) ++at_least[l];
    }
    // Five standard deviations of a binomial count.
    for (size_t l = 1; l < 4; ++l) {
      const double expected = kRows / std::pow(m, l);
      EXPECT_NEAR(at_least[l], expected, 5 * std::sqrt(expected)) << "M " << m << " layer " << l;
    }
  }
  uint32_t differing = 0;
  for (Row row = 0; row < 1000; ++row) differing += RandomLevel(1, row, 2) != RandomLevel(2, row, 2);
  EXPECT_GT(differing, 300u) << "the seed decides";
}

}  // namespace
}  // namespace strata
