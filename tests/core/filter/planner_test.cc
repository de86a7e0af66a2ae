#include "filter/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace strata {
namespace {

using testing::HasSubstr;

PlanInput Sample() {
  return {.live_rows = 60000,
          .matching_rows = 60000,
          .dimension = 784,
          .has_filter = false,
          .index_ready = true,
          .exact = false,
          .has_radius = false,
          .k = 10,
          .ef = 64,
          .index = IndexType::kHnsw,
          .quantized = true};
}

PlanInput Filtered(uint32_t matching_rows) {
  PlanInput input = Sample();
  input.has_filter = true;
  input.matching_rows = matching_rows;
  return input;
}

TEST(PlannerTest, NothingMatchingNeedsNoPlan) {
  EXPECT_EQ(ChoosePlan(Filtered(0)).strategy, Strategy::kNone);
  PlanInput empty = Sample();
  empty.live_rows = empty.matching_rows = 0;
  EXPECT_EQ(ChoosePlan(empty).strategy, Strategy::kNone);
}

TEST(PlannerTest, ALargeSegmentIsWalkedAndASmallOneScanned) {
  EXPECT_EQ(ChoosePlan(Sample()).strategy, Strategy::kWalk);
  PlanInput small = Sample();
  small.live_rows = small.matching_rows = 20;
  EXPECT_EQ(ChoosePlan(small).strategy, Strategy::kScan);
}

TEST(PlannerTest, ManyMatchesAreWalkedAndFewScanned) {
  EXPECT_EQ(ChoosePlan(Filtered(60000)).strategy, Strategy::kWalkFiltered);
  EXPECT_EQ(ChoosePlan(Filtered(30000)).strategy, Strategy::kWalkFiltered);
  for (const uint32_t matching : {600u, 60u, 6u, 5u, 1u}) {
    EXPECT_EQ(ChoosePlan(Filtered(matching)).strategy, Strategy::kScanMatches) << matching;
  }
}

// Where the two cross is the constants' business; that they cross once is ours.
TEST(PlannerTest, OnceMatchesAreManyEnoughToWalkMoreOfThemNeverBringBackTheScan) {
  Strategy last = Strategy::kScanMatches;
  for (uint32_t matching = 1; matching <= 60000; ++matching) {
    const Strategy strategy = ChoosePlan(Filtered(matching)).strategy;
    if (last == Strategy::kWalkFiltered) {
      ASSERT_EQ(strategy, Strategy::kWalkFiltered) << matching;
    }
    last = strategy;
  }
  EXPECT_EQ(last, Strategy::kWalkFiltered);
}

TEST(PlannerTest, WhatMustBeExactIsScanned) {
  PlanInput exact = Filtered(30000);
  exact.exact = true;
  EXPECT_EQ(ChoosePlan(exact).strategy, Strategy::kScanMatches);
  PlanInput radius = Sample();
  radius.has_radius = true;
  EXPECT_EQ(ChoosePlan(radius).strategy, Strategy::kScan);
  PlanInput flat = Sample();
  flat.index = IndexType::kFlat;
  flat.index_ready = false;  // Without codes there is nothing to build.
  EXPECT_EQ(ChoosePlan(flat).strategy, Strategy::kScan);
}

TEST(PlannerTest, WithoutAnIndexThereIsOnlyTheScan) {
  PlanInput building = Sample();
  building.index_ready = false;
  EXPECT_EQ(ChoosePlan(building).strategy, Strategy::kScan);
}

TEST(PlannerTest, AskingForAlmostAllRowsIsAScan) {
  PlanInput all = Sample();
  all.k = 60000;
  EXPECT_EQ(ChoosePlan(all).strategy, Strategy::kScan);
  all.k = 0x7fffffff;
  EXPECT_EQ(ChoosePlan(all).strategy, Strategy::kScan);
}

TEST(PlannerTest, TheReasonNamesTheNumbersThatDecided) {
  const PlanInput filtered = Filtered(30000);
  const Plan plan = ChoosePlan(filtered);
  const std::string reason = PlanReason(filtered, plan);
  EXPECT_THAT(reason, HasSubstr("30000 of 60000 rows match"));
  EXPECT_THAT(reason, testing::ContainsRegex(
                          "scanning them takes about [0-9]+ us, walking the index about [0-9]+ us"));

  PlanInput exact = Sample();
  exact.exact = true;
  EXPECT_THAT(PlanReason(exact, ChoosePlan(exact)), HasSubstr("exact search"));
  EXPECT_THAT(PlanReason(Filtered(0), ChoosePlan(Filtered(0))), HasSubstr("0 of 60000 rows match"));
}

TEST(PlannerTest, EveryStrategyHasItsName) {
  EXPECT_EQ(StrategyName(Strategy::kNone), "none");
  EXPECT_EQ(StrategyName(Strategy::kScan), "scan");
  EXPECT_EQ(StrategyName(Strategy::kScanMatches), "scan-matches");
  EXPECT_EQ(StrategyName(Strategy::kWalk), "walk");
  EXPECT_EQ(StrategyName(Strategy::kWalkFiltered), "walk-filtered");
}

}  // namespace
}  // namespace strata
