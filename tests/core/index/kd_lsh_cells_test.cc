#include "index/kd_lsh_cells.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "index/kd_fixture.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

struct Hashed {
  KdPartition partition;
  std::vector<float> coordinates;
  KdLshCells cells;
};

Hashed Hash(MemoryRows& rows, uint32_t cell_rows, uint32_t axes) {
  MemoryEnv clock;
  KdPartitionBuilder builder({.cell_rows_max = cell_rows, .axis_count_max = axes, .keep_coordinates = true},
                             &rows);
  while (!*builder.Step(Deadline(&clock, 1000))) {
  }
  Hashed hashed{.partition = builder.Finish(), .coordinates = builder.TakeCoordinates(), .cells = {}};
  hashed.cells = KdLshCells(hashed.partition.tree, hashed.coordinates, 7);
  return hashed;
}

TEST(KdLshCellsTest, DirectionsAreOrthonormal) {
  MemoryRows rows(40, ClusteredVectors(100, 40, 1));
  const KdLshCells cells = Hash(rows, 50, 40).cells;
  ASSERT_EQ(cells.function_count(), 40u);
  for (size_t j = 0; j < 40; ++j) {
    for (size_t k = 0; k < 40; ++k) {
      EXPECT_NEAR(Dot(&cells.directions()[j * 40], &cells.directions()[k * 40], 40), j == k, 1e-5);
    }
  }
}

// The scan of a cell, by shuffles and in small numbers, against the definition of a bucket's score.
TEST(KdLshCellsTest, ScoresAreTheSquaredDistancesToTheSlotsOfTheRow) {
  MemoryRows rows(24, ClusteredVectors(500, 24, 2));
  const Hashed hashed = Hash(rows, 100, 24);
  KdQuery query;
  std::vector<float> coordinates, products;
  KdLshTables tables;
  for (const Row from : {0u, 7u, 77u}) {
    hashed.partition.Prepare(rows.Vector(from), &query);
    hashed.cells.ProjectQuery(query, &coordinates, &products);
    for (const KdNode& node : hashed.partition.tree.nodes()) {
      if (!node.is_cell()) continue;
      ASSERT_TRUE(
          hashed.cells.Score(node.axis, products.data(), std::numeric_limits<float>::infinity(), &tables));
      std::vector<uint16_t> sums(hashed.cells.PaddedCount(node.axis));
      hashed.cells.Scan(node.axis, tables, sums.data());
      for (uint32_t i = 0; i < node.count; ++i) {
        double expected = 0;
        for (uint32_t j = 0; j < 24; ++j) {
          const auto slot = hashed.cells.Slot(node.axis, i, j);
          expected += (j % 2 == 0 ? tables.pairs[j / 2].low : tables.pairs[j / 2].high)[slot];
        }
        EXPECT_EQ(sums[i], expected);
      }
    }
  }
}

TEST(KdLshCellsTest, ScoresEstimateTheSquaredDistanceOfNearRows) {
  MemoryRows rows(24, ClusteredVectors(2000, 24, 2, 1));
  const Hashed hashed = Hash(rows, 250, 24);
  const KdTree& tree = hashed.partition.tree;
  KdQuery query;
  std::vector<float> coordinates, products;
  KdLshTables tables;
  double error = 0, sum = 0;
  for (const KdNode& node : tree.nodes()) {
    if (!node.is_cell()) continue;
    hashed.partition.Prepare(rows.Vector(tree.rows(node)[0]), &query);
    hashed.cells.ProjectQuery(query, &coordinates, &products);
    hashed.cells.Score(node.axis, products.data(), std::numeric_limits<float>::infinity(), &tables);
    std::vector<uint16_t> sums(hashed.cells.PaddedCount(node.axis));
    hashed.cells.Scan(node.axis, tables, sums.data());
    for (uint32_t i = 1; i < node.count; ++i) {
      const float exact = SquaredL2(coordinates.data(), &hashed.coordinates[(node.first + i) * 24], 24);
      error += std::fabs(tables.base + tables.unit * sums[i] - exact);
      sum += exact;
    }
  }
  // Slots are a third of a deviation wide: their middles are off by a tenth of one, 24 times.
  EXPECT_LT(error, 0.1 * sum);
}

TEST(KdLshCellsTest, ACellThatIsTooFarIsNotScored) {
  MemoryRows rows(24, ClusteredVectors(500, 24, 2));
  const Hashed hashed = Hash(rows, 100, 24);
  const std::vector<float> far(24, 1e6f);
  KdLshTables tables;
  EXPECT_FALSE(hashed.cells.Score(0, far.data(), 1, &tables));
  EXPECT_TRUE(hashed.cells.Score(0, far.data(), std::numeric_limits<float>::infinity(), &tables));
}

}  // namespace
}  // namespace strata
