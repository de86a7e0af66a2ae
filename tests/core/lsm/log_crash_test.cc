#include <vector>

#include "env/fault_env.h"
#include "env/memory_env.h"
#include "lsm/log_fixture.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

constexpr uint64_t kBatches = 40;

// What a writer knows when the power goes.
struct Written {
  bool created = false;
  uint64_t appended = 0;  // The last sequence whose Append() returned OK.
  uint64_t synced = 0;    // The last one that a Sync() covered.
};

size_t PayloadBytes(uint64_t sequence) { return sequence % 9 == 0 ? 90'000 : sequence % 4 * 300; }

// Appends batches 1..kBatches, syncing after every third, until something fails.
Written WriteUntilFailure(Env* env) {
  Written written;
  auto log = LogWriter::Create(env, LogHeader(1));
  if (!log) return written;
  written.created = true;
  for (uint64_t sequence = 1; sequence <= kBatches; ++sequence) {
    if (!Append(**log, LogBatch(sequence, PayloadBytes(sequence)))) return written;
    written.appended = sequence;
    if (sequence % 3 != 0) continue;
    if (!(*log)->Sync()) return written;
    written.synced = sequence;
  }
  return written;
}

// A power cut may lose or tear what was not synced, and nothing else. The workload runs once per possible
// crash point, so the loop ends when the work does and not at a guessed count.
TEST(LogCrashTest, SyncedBatchesSurviveAPowerCutBeforeAnyCall) {
  for (uint64_t call = 0;; ++call) {
    SCOPED_TRACE(testing::Message() << "power cut before call " << call);
    MemoryEnv memory;
    FaultEnv env(&memory, {.kind = Fault::Kind::kPowerCut, .call = call});
    const Written written = WriteUntilFailure(&env);
    for (const auto bytes : {UnsyncedBytes::kDropped, UnsyncedBytes::kTorn, UnsyncedBytes::kShort,
                             UnsyncedBytes::kReordered, UnsyncedBytes::kKept}) {
      for (uint64_t seed = 0; seed < 4; ++seed) {
        SCOPED_TRACE(testing::Message() << "damage " << static_cast<int>(bytes) << ", seed " << seed);
        MemoryEnv disk = memory.Crash({.bytes = bytes, .names = UnsyncedNames::kDropped, .seed = seed});
        const auto replayed = Replay(&disk);
        if (!written.created) {
          // Nothing was acknowledged. The file is absent, without a header, or an empty log; never anything
          // else.
          if (replayed) {
            EXPECT_EQ(replayed->log.batches, 0u);
          } else if (replayed.error().code() != ErrorCode::kNotFound) {
            EXPECT_THAT(ReadFileHeader(&disk, kLogFile), IsOkAndHolds(std::nullopt));
          }
          continue;
        }
        ASSERT_THAT(replayed, IsOk());
        EXPECT_GE(replayed->log.last_sequence, written.synced);
        EXPECT_LE(replayed->log.last_sequence,
                  bytes == UnsyncedBytes::kDropped ? written.synced : written.appended + 1);
        if (bytes == UnsyncedBytes::kKept) {
          EXPECT_GE(replayed->log.last_sequence, written.appended);
        }
        for (const Batch& batch : replayed->batches) {
          ASSERT_EQ(batch, LogBatch(batch.sequence, PayloadBytes(batch.sequence)));
        }
        if (bytes != UnsyncedBytes::kReordered) {
          EXPECT_FALSE(replayed->log.damaged);
        }
      }
    }
    if (!env.tripped()) break;
  }
}

// Failing calls, once or for ever, in whatever place: what the writer acknowledged is what a reader finds.
TEST(LogCrashTest, AfterAnyFailingCallTheLogHoldsWhatWasAcknowledged) {
  for (const auto kind : {Fault::Kind::kFailOnce, Fault::Kind::kFailForever, Fault::Kind::kShortWrite}) {
    for (uint64_t call = 0;; ++call) {
      SCOPED_TRACE(testing::Message() << "fault " << static_cast<int>(kind) << " at call " << call);
      MemoryEnv memory;
      FaultEnv env(&memory, {.kind = kind, .call = call, .code = ErrorCode::kNoSpace});
      uint64_t acknowledged = 0;
      if (auto log = LogWriter::Create(&env, LogHeader(1))) {
        // Goes on after errors, as a database does.
        for (int attempt = 0; attempt < 20; ++attempt) {
          if (Append(**log, LogBatch(acknowledged + 1, PayloadBytes(acknowledged + 1)))) ++acknowledged;
          if (attempt % 3 == 0) (void)(*log)->Sync();
        }
        const auto replayed = Replay(&memory);
        ASSERT_THAT(replayed, IsOk());
        if (kind == Fault::Kind::kFailForever) {
          // The cut after a failed write failed as well: the last record may be there in part, or whole.
          EXPECT_GE(replayed->log.batches, acknowledged);
          EXPECT_LE(replayed->log.batches, acknowledged + 1);
        } else {
          EXPECT_EQ(replayed->log.batches, acknowledged);
        }
      }
      if (env.calls() <= call) break;
      ASSERT_LT(call, 1000u);
    }
  }
}

}  // namespace
}  // namespace strata
