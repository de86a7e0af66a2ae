#include "index/node_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "env/memory_env.h"
#include "index/memory_rows.h"
#include "support/result_matchers.h"
#include "vector/distance.h"

namespace strata {
namespace {

NodeOrder OrderOf(MemoryRows& rows, uint64_t micros = 1'000'000) {
  MemoryEnv clock;
  ScalarCoder coder(Metric::kL2, &rows);
  while (!*coder.Step(Deadline(&clock, 1'000'000))) {
  }
  NodeOrderBuilder builder(coder.codes());
  while (!builder.Step(Deadline(&clock, micros))) {
  }
  return builder.Finish();
}

TEST(NodeOrderTest, HasEveryRowOnceBothWays) {
  for (const uint32_t row_count : {0u, 1u, 32u, 33u, 1000u}) {
    MemoryRows rows(6, ClusteredVectors(row_count, 6, 3));
    const NodeOrder order = OrderOf(rows);
    ASSERT_EQ(order.row_count(), row_count);
    std::vector<Row> sorted(order.row_of().begin(), order.row_of().end());
    std::ranges::sort(sorted);
    for (Row row = 0; row < row_count; ++row) {
      EXPECT_EQ(sorted[row], row);
      EXPECT_EQ(order.RowOf(order.NodeOf(row)), row);
    }
  }
}

TEST(NodeOrderTest, IsTheSameHoweverTheWorkIsCut) {
  MemoryRows rows(6, ClusteredVectors(1000, 6, 3));
  const NodeOrder at_once = OrderOf(rows), in_crumbs = OrderOf(rows, 0);
  EXPECT_TRUE(std::ranges::equal(at_once.row_of(), in_crumbs.row_of()));
}

// What the order is for. Rows come in random order; halving 4,000 of them seven times leaves 31 in a part,
// whose box is a quarter as wide in three dimensions (measured: 0.21 of the distance of rows beside each
// other before).
TEST(NodeOrderTest, RowsBesideEachOtherAreNear) {
  MemoryRows rows(3, ClusteredVectors(4000, 3, 9));
  const NodeOrder order = OrderOf(rows);
  double before = 0, after = 0;
  for (Row i = 1; i < 4000; ++i) {
    before += Distance(Metric::kL2, rows.Vector(i - 1).data(), rows.Vector(i).data(), 3);
    after +=
        Distance(Metric::kL2, rows.Vector(order.RowOf(i - 1)).data(), rows.Vector(order.RowOf(i)).data(), 3);
  }
  RecordProperty("share", std::to_string(after / before));
  EXPECT_LT(after, before / 3) << after / before;
}

TEST(NodeOrderTest, EqualRowsAreHalvedToo) {
  MemoryRows rows(4, std::vector<float>(4 * 500, 1.5f));
  EXPECT_EQ(OrderOf(rows).row_count(), 500u);
}

TEST(NodeOrderTest, WhatIsNoPermutationIsRefused) {
  EXPECT_THAT(NodeOrder::FromArray({2, 0, 1}), IsOk());
  EXPECT_FALSE(NodeOrder::FromArray({0, 1, 1}).has_value());
  EXPECT_FALSE(NodeOrder::FromArray({0, 1, 3}).has_value());
}

}  // namespace
}  // namespace strata
