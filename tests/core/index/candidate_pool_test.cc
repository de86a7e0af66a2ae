#include "index/candidate_pool.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <tuple>
#include <vector>

namespace strata {
namespace {

// What the pool stands for, said slowly: all rows seen, in order, up to the wanted_max-th wanted one.
struct PlainPool {
  size_t wanted_max;
  std::set<std::tuple<float, Row, bool>> seen;

  std::vector<Row> Rows() const {
    std::vector<Row> rows;
    size_t wanted_count = 0;
    for (const auto& [distance, row, wanted] : seen) {
      rows.push_back(row);
      wanted_count += wanted;
      if (wanted_count == wanted_max) break;
    }
    return rows;
  }
};

std::vector<Row> RowsOf(const CandidatePool& pool) {
  std::vector<Row> rows;
  for (const CandidatePool::Entry& entry : pool.entries()) rows.push_back(entry.row);
  return rows;
}

// Few different distances, so that equal ones occur all the time.
TEST(CandidatePoolTest, HoldsTheNearestUpToTheLastWantedOne) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    const size_t wanted_max = 1 + random() % 10;
    const uint32_t wanted_percent = 1 + static_cast<uint32_t>(random() % 100);
    CandidatePool pool;
    pool.Start(wanted_max);
    PlainPool plain{.wanted_max = wanted_max, .seen = {}};
    std::set<Row> opened;
    for (Row row = 0; row < 100; ++row) {
      const float distance = static_cast<float>(random() % 30);
      const bool wanted = random() % 100 < wanted_percent;
      plain.seen.insert({distance, row, wanted});
      pool.Insert(distance, row, wanted);
      ASSERT_EQ(RowsOf(pool), plain.Rows());
      if (random() % 3 != 0) continue;
      // The next to open is the first that was not opened.
      Row expected = kNoRow;
      for (const Row candidate : plain.Rows()) {
        if (!opened.contains(candidate)) {
          expected = candidate;
          break;
        }
      }
      const CandidatePool::Entry* const next = pool.OpenNext();
      ASSERT_EQ(next == nullptr ? kNoRow : Row{next->row}, expected);
      if (next != nullptr) opened.insert(next->row);
    }
  }
}

TEST(CandidatePoolTest, TakesNoDistanceThatIsNoNumber) {
  CandidatePool pool;
  pool.Start(2);
  EXPECT_FALSE(pool.Insert(std::nanf(""), 1, true));
  EXPECT_TRUE(pool.Insert(INFINITY, 2, true));
  EXPECT_EQ(RowsOf(pool), std::vector<Row>{2});
}

TEST(CandidatePoolTest, OpensEverythingOnceMoreAfterCloseAll) {
  CandidatePool pool;
  pool.Start(3);
  for (const Row row : {5u, 6u, 7u}) pool.Insert(static_cast<float>(row), row, true);
  while (pool.OpenNext() != nullptr) {
  }
  pool.CloseAll();
  for (const Row row : {5u, 6u, 7u}) EXPECT_EQ(pool.OpenNext()->row, row);
  EXPECT_EQ(pool.OpenNext(), nullptr);
}

}  // namespace
}  // namespace strata
