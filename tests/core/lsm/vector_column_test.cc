#include "lsm/vector_column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "lsm/segment_fixture.h"
#include "lsm/segment_format.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

class VectorColumnTest : public SegmentTestBase {
 protected:
  // Every seventh row has no vector; the others hold row, row + 1, ...
  std::shared_ptr<Segment> MakeColumn(FileNumber file, uint32_t dimension, int rows) {
    std::vector<SampleRecord> records;
    for (int i = 0; i < rows; ++i) {
      SampleRecord& record = records.emplace_back();
      record.key = std::to_string(1000000 + i);
      if (i % 7 == 6) continue;
      for (uint32_t j = 0; j < dimension; ++j) record.vector.push_back(ValueAt(static_cast<Row>(i), j));
    }
    return MakeSegment(file, dimension, records);
  }
  static float ValueAt(Row row, uint32_t j) { return static_cast<float>(row) + static_cast<float>(j); }
};

// 512 numbers are exactly a block of 2 KiB; more make a block of one row.
TEST_F(VectorColumnTest, GivesEveryRowInAnyOrderWhateverTheDimension) {
  std::mt19937 random(5);
  FileNumber file = 1;
  for (const uint32_t dimension : {1u, 3u, 255u, 256u, 300u, 511u, 512u, 513u, 784u, 20000u}) {
    const int rows = dimension > 4000 ? 10 : 100;
    const auto segment = MakeColumn(file++, dimension, rows);
    const auto column = segment->Vectors();
    EXPECT_EQ(column->row_count(), static_cast<uint32_t>(rows));
    EXPECT_EQ(column->dimension(), dimension);
    for (int i = 0; i < 300; ++i) {
      const Row row = static_cast<Row>(random() % static_cast<uint32_t>(rows));
      ASSERT_EQ(column->Has(row), row % 7 != 6);
      if (!column->Has(row)) continue;
      const float* vector = *column->Get(row);
      for (uint32_t j = 0; j < dimension; ++j) ASSERT_EQ(vector[j], ValueAt(row, j)) << row;
    }
  }
}

TEST_F(VectorColumnTest, RunsCoverEveryRowOnceWithZerosWhereThereIsNoVector) {
  for (const uint32_t dimension : {5u, 39u, 300u, 5000u}) {
    const auto segment = MakeColumn(dimension, dimension, 200);
    const auto column = segment->Vectors();
    Row row = 0;
    while (row < 200) {
      const std::span<const float> run = *column->Run(row);
      ASSERT_GT(run.size(), 0u);
      ASSERT_EQ(run.size() % dimension, 0u);
      for (size_t i = 0; i < run.size(); ++i) {
        const Row at = row + static_cast<Row>(i / dimension);
        ASSERT_EQ(run[i], at % 7 == 6 ? 0.0f : ValueAt(at, static_cast<uint32_t>(i % dimension)));
      }
      row += static_cast<Row>(run.size() / dimension);
    }
    EXPECT_EQ(row, 200u);
  }
}

TEST_F(VectorColumnTest, NeighbouringRowsAskTheCacheOnce) {
  const auto segment = MakeColumn(1, 39, 13 * 4);
  ASSERT_EQ(VectorRowsPerBlock(39), 13u);
  const auto column = segment->Vectors();
  const BlockCache::Stats before = cache_->stats();
  for (Row row = 0; row < 13 * 4; ++row) {
    if (!column->Has(row)) continue;
    ASSERT_THAT(column->Get(row), IsOk());
  }
  const BlockCache::Stats after = cache_->stats();
  EXPECT_EQ(after.hits + after.misses - before.hits - before.misses, 4u);
}

// 54 rows of 1200 bytes fit 64 KiB.
TEST_F(VectorColumnTest, ARunIsAPieceOfManyBlocks) {
  const auto segment = MakeColumn(1, 300, 200);
  ASSERT_EQ(VectorRowsPerBlock(300), 1u);
  const auto column = segment->Vectors();
  const BlockCache::Stats before = cache_->stats();
  std::vector<size_t> rows;
  for (Row row = 0; row < 200; row += static_cast<Row>(rows.back())) {
    rows.push_back(column->Run(row)->size() / 300);
  }
  EXPECT_THAT(rows, testing::ElementsAre(54, 54, 54, 38));
  EXPECT_EQ(column->Run(60)->size(), size_t{48} * 300);  // From the middle of a piece to its end.
  const BlockCache::Stats after = cache_->stats();
  EXPECT_EQ(after.hits + after.misses - before.hits - before.misses, 5u);
}

// Pieces and blocks begin at the same bytes; each is cached for itself.
TEST_F(VectorColumnTest, RowsAndRunsMayBeAskedForInTurn) {
  const auto segment = MakeColumn(1, 300, 100);
  for (int round = 0; round < 2; ++round) {
    for (const Row row : {0u, 54u, 99u}) {
      const auto column = segment->Vectors();
      EXPECT_EQ((*column->Run(row))[7], ValueAt(row, 7));
      const auto other = segment->Vectors();
      EXPECT_EQ((*other->Get(row))[7], ValueAt(row, 7));
    }
  }
}

TEST_F(VectorColumnTest, KeepsItsSegmentAlive) {
  auto segment = MakeColumn(1, 3, 50);
  const std::weak_ptr<Segment> watch = segment;
  auto column = segment->Vectors();
  segment.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ((*column->Get(47))[0], 47.0f);
  column.reset();
  EXPECT_TRUE(watch.expired());
}

TEST_F(VectorColumnTest, AFailedReadIsAnErrorAndTheNextOneWorks) {
  const auto segment = MakeColumn(1, 39, 100);
  const auto column = segment->Vectors();
  ASSERT_THAT(column->Get(0), IsOk());
  const BlockInfo block = segment->sections()->Blocks(kSegmentVectors)[2];
  std::byte good{};
  ASSERT_THAT(env_.ReadAt(1, block.offset, {&good, 1}), IsOk());
  const std::byte bad = ~good;
  ASSERT_THAT(env_.WriteAt(1, block.offset, {&bad, 1}), IsOk());
  EXPECT_THAT(column->Get(26), IsError(ErrorCode::kCorruption));
  EXPECT_EQ((*column->Get(0))[0], 0.0f);
  ASSERT_THAT(env_.WriteAt(1, block.offset, {&good, 1}), IsOk());
  EXPECT_EQ((*column->Get(26))[0], 26.0f);
}

}  // namespace
}  // namespace strata
