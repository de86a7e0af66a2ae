// Compaction in steps, with other calls in between.
#include <string>
#include <vector>

#include "env/memory_env.h"
#include "strata/database.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

constexpr uint32_t kDimension = 8;
constexpr int64_t kRowCount = 600;
constexpr uint64_t kShortest = 1;  // Microseconds: a step does as little as it can.

class CompactTest : public testing::Test {
 protected:
  void SetUp() override {
    DatabaseOptions options;
    options.index_rows_min = 100;
    STRATA_ASSERT_OK_AND_ASSIGN(database_, Database::Open(&env_, options));
    for (const char* name : {"a", "b"}) {
      CollectionOptions collection_options;
      collection_options.dimension = kDimension;
      STRATA_ASSERT_OK_AND_ASSIGN(Collection * collection,
                                  database_->OpenCollection(name, collection_options));
      for (int64_t first = 0; first < kRowCount; first += kRowCount / 3) {
        WriteRows(collection, first, kRowCount / 3);
        ASSERT_THAT(database_->Flush(), IsOk());
      }
    }
  }

  void WriteRows(Collection* collection, int64_t first, int64_t count) {
    std::vector<WriteOp> ops(static_cast<size_t>(count));
    for (WriteOp& op : ops) {
      op.record.id = first++;
      for (uint32_t i = 0; i < kDimension; ++i)
        op.record.vector.push_back(static_cast<float>(random_.Unit()));
    }
    ASSERT_THAT(collection->Write(std::move(ops)), IsOk());
  }

  Collection* Find(const char* name) { return database_->FindCollection(name).value(); }

  MemoryEnv env_;
  Random random_{20260603};
  std::unique_ptr<Database> database_;
};

TEST_F(CompactTest, BetweenStepsEverythingIsAnsweredAndTheShareDoneNeverFalls) {
  ASSERT_THAT(database_->BeginCompact(), IsOk());
  const std::vector<float> query(kDimension, 0.5f);
  size_t steps = 0;
  for (double done = 0; done < 1; ++steps) {
    STRATA_ASSERT_OK_AND_ASSIGN(const double now, database_->StepCompact(kShortest));
    EXPECT_GE(now, done);
    done = now;
    STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply reply, Find("a")->Search(query, {.k = 7}));
    ASSERT_EQ(reply.hits.size(), 7u);
    ASSERT_THAT(Find("b")->Count(), IsOkAndHolds(static_cast<uint64_t>(kRowCount)));
  }
  EXPECT_GT(steps, 10u);
  for (const char* name : {"a", "b"}) {
    const auto segments = Find(name)->inspect().Segments();
    ASSERT_EQ(segments.size(), 1u);
    EXPECT_EQ(segments[0].index, "hnsw");
  }
  EXPECT_THAT(database_->StepCompact(kShortest), IsError(ErrorCode::kFailedPrecondition));
}

TEST_F(CompactTest, EndsAlthoughWritesGoOnAndKeepsThem) {
  ASSERT_THAT(database_->BeginCompact(), IsOk());
  int64_t written = 0;
  for (double done = 0; done < 1;) {
    STRATA_ASSERT_OK_AND_ASSIGN(done, database_->StepCompact(kShortest));
    // Replaces rows that are being merged, so that the merged segment has dead rows again.
    WriteRows(Find("a"), written++ % kRowCount, 1);
    ASSERT_LT(written, 100'000);
  }
  EXPECT_THAT(Find("a")->Count(), IsOkAndHolds(static_cast<uint64_t>(kRowCount)));
  EXPECT_THAT(database_->Verify(), IsOkAndHolds(testing::IsEmpty()));
}

TEST_F(CompactTest, StoppingAfterAnyStepLeavesEverythingReadableAndLeavesNoFiles) {
  for (size_t stop_after = 0;; ++stop_after) {
    ASSERT_THAT(database_->BeginCompact(), IsOk());
    double done = 0;
    for (size_t step = 0; step < stop_after && done < 1; ++step) {
      STRATA_ASSERT_OK_AND_ASSIGN(done, database_->StepCompact(kShortest));
    }
    database_->StopCompact();
    ASSERT_THAT(Find("a")->Count(), IsOkAndHolds(static_cast<uint64_t>(kRowCount)));
    if (done >= 1) break;
    stop_after += stop_after / 4;
  }
  ASSERT_THAT(database_->RunBackground(kShortest), IsOk());  // Takes the trash out.
  EXPECT_THAT(database_->Verify(), IsOkAndHolds(testing::IsEmpty()));
  // Superblock, manifest, log; of each collection a segment and its index.
  EXPECT_THAT(env_.List(), IsOkAndHolds(testing::SizeIs(7)));
}

TEST_F(CompactTest, ACollectionMayBeDroppedMeanwhile) {
  ASSERT_THAT(database_->BeginCompact(), IsOk());
  for (int step = 0; step < 5; ++step) ASSERT_THAT(database_->StepCompact(kShortest), IsOk());
  ASSERT_THAT(database_->Drop("b"), IsOk());
  for (double done = 0; done < 1;) {
    STRATA_ASSERT_OK_AND_ASSIGN(done, database_->StepCompact(kShortest));
  }
  EXPECT_EQ(Find("a")->inspect().Segments().size(), 1u);
}

}  // namespace
}  // namespace strata
