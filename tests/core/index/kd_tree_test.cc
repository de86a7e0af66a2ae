#include "index/kd_tree.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "index/kd_cell_queue.h"
#include "index/kd_fixture.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

constexpr Metric kMetrics[] = {Metric::kL2, Metric::kCosine, Metric::kDot};

double SquaredDistance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return sum;
}

TEST(KdTreeTest, AnyCountOfRowsAndAnySizeOfCellsGiveASoundTree) {
  for (const uint32_t row_count : {1u, 2u, 3u, 7u, 64u, 1000u}) {
    MemoryRows rows(5, ClusteredVectors(row_count, 5, row_count));
    for (const uint32_t cell_rows : {1u, 2u, 10u, 2000u}) {
      const KdPartition partition = BuildPartition({.cell_rows_max = cell_rows}, rows);
      EXPECT_THAT(partition.tree.CheckInvariants(row_count), IsOk());
      EXPECT_EQ(partition.tree.rows().size(), row_count);
      for (const KdNode& node : partition.tree.nodes()) {
        if (!node.is_cell()) continue;
        EXPECT_LE(node.count, cell_rows);
      }
    }
  }
}

TEST(KdTreeTest, RowsWithoutAVectorAreLeftOut) {
  MemoryRows rows(3, ClusteredVectors(100, 3, 1));
  for (Row row = 0; row < 100; row += 3) rows.Remove(row);
  const KdPartition some = BuildPartition({.cell_rows_max = 4}, rows);
  EXPECT_THAT(some.tree.CheckInvariants(100), IsOk());
  EXPECT_EQ(some.tree.rows().size(), 66u);
  for (Row row = 0; row < 100; ++row) rows.Remove(row);
  const KdPartition none = BuildPartition({.cell_rows_max = 4}, rows);
  EXPECT_THAT(none.tree.CheckInvariants(100), IsOk());
  EXPECT_TRUE(none.tree.nodes().empty());
}

TEST(KdTreeTest, TheTreeDoesNotDependOnHowTheWorkIsCut) {
  MemoryRows rows(40, ClusteredVectors(500, 40, 2));
  const KdPartition in_steps = BuildPartition({.axis_count_max = 8}, rows, 0);
  const KdPartition at_once = BuildPartition({.axis_count_max = 8}, rows, 1'000'000'000);
  EXPECT_TRUE(std::ranges::equal(in_steps.tree.rows(), at_once.tree.rows()));
  EXPECT_TRUE(std::ranges::equal(in_steps.tree.nodes(), at_once.tree.nodes()));
  EXPECT_TRUE(std::ranges::equal(in_steps.tree.boxes(), at_once.tree.boxes()));
}

TEST(KdTreeTest, TheFirstSplitIsAcrossTheDirectionOfLargestVariance) {
  // A long thin cloud along (3, 4) / 5.
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i) {
    const float along = 10 * normal(random), across = 0.5f * normal(random);
    values.push_back(0.6f * along - 0.8f * across);
    values.push_back(0.8f * along + 0.6f * across);
  }
  MemoryRows rows(2, values);
  const KdPartition partition = BuildPartition({}, rows);
  const std::vector<float> axes = partition.projection.Axes();
  const float* const axis = &axes[partition.tree.nodes()[0].axis * 2];
  EXPECT_NEAR(std::fabs(axis[0] * 0.6f + axis[1] * 0.8f), 1, 0.001);
}

TEST(KdTreeTest, AFilledCubeKeepsItsOwnAxes) {
  std::mt19937 random(4);
  std::uniform_real_distribution<float> even;
  std::vector<float> values(8 * 2000);
  for (float& x : values) x = even(random);
  MemoryRows rows(8, values);
  const std::vector<float> axes = BuildPartition({}, rows).View().axes;
  for (size_t i = 0; i < 64; ++i) EXPECT_EQ(axes[i], i % 9 == 0 ? 1.0f : 0.0f);
}

// What exactness rests on: no row of a cell is nearer than the cell's gap says, in exact arithmetic on
// places.
TEST(KdTreeTest, TheGapOfACellIsALowerBoundForEveryRowInIt) {
  for (const Metric metric : kMetrics) {
    for (const uint32_t dimension : {2u, 8u, 100u}) {
      for (const float shift : {0.0f, 1000.0f}) {
        SCOPED_TRACE(testing::Message() << static_cast<int>(metric) << " " << dimension << " " << shift);
        std::vector<float> values = ClusteredVectors(600, dimension, dimension);
        for (float& x : values) x += shift;
        MemoryRows rows(dimension, values);
        const KdPartition partition = BuildPartition({.metric = metric, .cell_rows_max = 8}, rows);
        std::vector<float> place(partition.space.place_dimension()), query_place(place.size());
        KdQuery query;
        KdCellQueue queue;
        for (Row from = 0; from < 600; from += 60) {
          partition.Prepare(rows.Vector(from), &query);
          partition.space.PlaceQuery(rows.Vector(from), query_place.data());
          queue.Start(partition.tree, query);
          KdCellQueue::Cell cell;
          float gap_before = 0;
          size_t cells = 0;
          for (; queue.Next(std::numeric_limits<double>::infinity(), &cell); ++cells) {
            EXPECT_GE(cell.gap, gap_before) << "cells come nearest first";
            gap_before = cell.gap;
            for (const Row row : partition.tree.rows(partition.tree.nodes()[cell.node])) {
              partition.space.PlaceRow(rows.Vector(row).data(), place.data());
              ASSERT_LE(cell.gap, SquaredDistance(place, query_place) * query.stretch);
            }
          }
          EXPECT_EQ(cells, partition.tree.cell_count()) << "and all of them";
        }
      }
    }
  }
}

// The other half: a row that a scan finds no farther than some distance is within the reach of that distance.
TEST(KdTreeTest, NoRowIsBeyondTheReachOfItsOwnDistance) {
  for (const Metric metric : kMetrics) {
    for (const uint32_t dimension : {1u, 3u, 50u}) {
      for (const float scale : {1e-30f, 1e-3f, 1.0f, 1e15f}) {
        SCOPED_TRACE(testing::Message() << static_cast<int>(metric) << " " << dimension << " " << scale);
        std::vector<float> values = ClusteredVectors(200, dimension, dimension + 1);
        for (float& x : values) x *= scale;
        MemoryRows rows(dimension, values);
        const KdSpace space = BuildPartition({.metric = metric}, rows).space;
        std::vector<float> place(space.place_dimension()), query_place(place.size());
        for (Row from = 0; from < 200; from += 10) {
          const ExactDistance exact(metric, rows.Vector(from));
          const KdReach reach = space.PlaceQuery(rows.Vector(from), query_place.data());
          for (Row row = 0; row < 200; ++row) {
            space.PlaceRow(rows.Vector(row).data(), place.data());
            ASSERT_LE(SquaredDistance(place, query_place), reach.Squared(exact(rows.Vector(row).data())));
          }
        }
      }
    }
  }
}

TEST(KdTreeTest, ImpossiblePartsAreRefused) {
  MemoryRows rows(2, ClusteredVectors(20, 2, 9));
  const KdTree good = BuildPartition({.cell_rows_max = 4}, rows).tree;
  const std::vector<KdNode> nodes(good.nodes().begin(), good.nodes().end());
  const std::vector<float> boxes(good.boxes().begin(), good.boxes().end());
  const std::vector<Row> order(good.rows().begin(), good.rows().end());
  const auto check = [&](auto change) {
    auto changed_nodes = nodes;
    auto changed_boxes = boxes;
    auto changed_order = order;
    change(changed_nodes, changed_boxes, changed_order);
    return KdTree(2, good.stride(), changed_nodes, changed_boxes, changed_order).CheckInvariants(20);
  };
  ASSERT_THAT(check([](auto&, auto&, auto&) {}), IsOk());
  const auto refused = [&](const char* what, auto change) {
    const auto checked = check(change);
    ASSERT_FALSE(checked.has_value()) << what;
    EXPECT_EQ(checked.error().code(), ErrorCode::kCorruption) << what;
  };
  refused("a row twice", [](auto&, auto&, auto& r) { r[1] = r[0]; });
  refused("a row too many", [](auto&, auto&, auto& r) { r[1] = 20; });
  refused("a cell too small", [](auto& n, auto&, auto&) { --n.back().count; });
  refused("a huge count", [](auto& n, auto&, auto&) { n[1].count = 0xffffffff; });
  refused("a node as its own child", [](auto& n, auto&, auto&) { n[0].right = 0; });
  refused("a child before its parent", [](auto& n, auto&, auto&) { n[1].right = 1; });
  refused("a child that is not there", [](auto& n, auto&, auto&) { n[0].right = 1000; });
  refused("an axis that is not there", [](auto& n, auto&, auto&) { n[0].axis = 2; });
  refused("a box inside out", [](auto&, auto& b, auto&) { b[0] = 1e9f; });
  refused("a box beyond its parent's", [&](auto&, auto& b, auto&) { b[2 * good.stride()] = -1e9f; });
  refused("a box of no numbers", [](auto&, auto& b, auto&) { b[0] = NAN; });
  refused("no nodes", [](auto& n, auto& b, auto&) { n.clear(), b.clear(); });
}

}  // namespace
}  // namespace strata
