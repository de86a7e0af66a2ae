#include <algorithm>
#include <string>
#include <vector>

#include "env/fault_env.h"
#include "env/memory_env.h"
#include "lsm/log_fixture.h"
#include "lsm/log_record.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::HasSubstr;

// Writes the batches first..last, each of about `bytes` bytes more than the one before.
void WriteLog(Env* env, uint64_t first, uint64_t last, size_t bytes = 10) {
  STRATA_ASSERT_OK_AND_ASSIGN(const auto log, LogWriter::Create(env, LogHeader(first)));
  for (uint64_t sequence = first; sequence <= last; ++sequence) {
    ASSERT_THAT(Append(*log, LogBatch(sequence, bytes * (sequence - first))), IsOk());
  }
  ASSERT_THAT(log->Sync(), IsOk());
}

// The example of docs/formats/log.md.
TEST(LogTest, IsTheBytesThatTheFormatPageShows) {
  MemoryEnv env;
  WriteLog(&env, 7, 7);
  const auto bytes = ReadFile(&env, kLogFile).value();
  EXPECT_EQ(Hex(std::span(bytes).subspan(kFileHeaderBytes)),
            "3f c1 40 a5 29 fc 8b e3 07 00 00 00 00 00 00 00\n"
            "0c 00 00 00 00 00 00 00 08 07 20 01 28 01 42 04\n"
            "0a 02 6b 37");
}

TEST(LogTest, ReplaysWhatWasAppended) {
  MemoryEnv env;
  STRATA_ASSERT_OK_AND_ASSIGN(const auto log, LogWriter::Create(&env, LogHeader(5)));
  std::vector<Batch> batches;
  // Records far smaller, somewhat larger and far larger than the writer's and the reader's buffers.
  for (const size_t bytes : {0u, 100u, 65'000u, 70'000u, 262'144u, 1'000'000u, 3u}) {
    batches.push_back(LogBatch(5 + batches.size(), bytes));
    ASSERT_THAT(Append(*log, batches.back()), IsOk());
  }
  EXPECT_EQ(log->file(), kLogFile);
  EXPECT_THAT(env.Size(kLogFile), IsOkAndHolds(log->size()));
  STRATA_ASSERT_OK_AND_ASSIGN(const Replayed replayed, Replay(&env));
  EXPECT_EQ(replayed.batches, batches);
  EXPECT_EQ(replayed.log.header, LogHeader(5));
  EXPECT_EQ(replayed.log.batches, 7u);
  EXPECT_EQ(replayed.log.last_sequence, 11u);
  EXPECT_EQ(replayed.log.good_bytes, log->size());
  EXPECT_EQ(replayed.log.dropped_bytes, 0u);
  EXPECT_FALSE(replayed.log.damaged);
}

TEST(LogTest, AnEmptyLogEndsBeforeItsFirstSequence) {
  MemoryEnv env;
  WriteLog(&env, 5, 4);
  STRATA_ASSERT_OK_AND_ASSIGN(const Replayed replayed, Replay(&env));
  EXPECT_EQ(replayed.log.batches, 0u);
  EXPECT_EQ(replayed.log.last_sequence, 4u);
  EXPECT_EQ(replayed.log.good_bytes, kFileHeaderBytes);
}

TEST(LogTest, AppendsOnlyTheNextSequence) {
  MemoryEnv env;
  STRATA_ASSERT_OK_AND_ASSIGN(const auto log, LogWriter::Create(&env, LogHeader(5)));
  EXPECT_THAT(Append(*log, LogBatch(6)), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Append(*log, LogBatch(5)), IsOk());
  EXPECT_THAT(Append(*log, LogBatch(5)), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(log->Append({}, 6), IsError(ErrorCode::kInvalidArgument));
  EXPECT_EQ(Replay(&env)->log.batches, 1u);
}

TEST(LogTest, ReturnsTheErrorOfWhoeverAppliesTheBatches) {
  MemoryEnv env;
  WriteLog(&env, 1, 5);
  int applied = 0;
  EXPECT_THAT(ReplayLog(&env, kLogFile, kLogDatabase,
                        [&](Batch&&) -> Result<void> {
                          if (++applied == 3) return Fail(ErrorCode::kOutOfMemory, "full");
                          return {};
                        }),
              IsError(ErrorCode::kOutOfMemory));
  EXPECT_EQ(applied, 3);
}

TEST(LogTest, RefusesALogOfAnotherDatabaseAndWhatIsNoLog) {
  MemoryEnv env;
  WriteLog(&env, 1, 2);
  const auto apply = [](Batch&&) -> Result<void> { return {}; };
  EXPECT_THAT(ReplayLog(&env, kLogFile, DatabaseId{1}, apply),
              IsErrorSaying(ErrorCode::kCorruption, HasSubstr("another database")));
  EXPECT_THAT(Replay(&env, kLogFile + 1), IsError(ErrorCode::kNotFound));
  WriteFile(&env, kLogFile + 1, ReadFile(&env, kLogFile).value());  // Bears the wrong number.
  EXPECT_THAT(Replay(&env, kLogFile + 1), IsError(ErrorCode::kCorruption));
}

// The record stays where it is; one thing about its place is another.
TEST(LogTest, ARecordFromAnotherLifeOfTheFileIsNotReplayed) {
  for (const int change : {0, 1, 2, 3}) {
    MemoryEnv env;
    WriteLog(&env, 5, 5);
    FileHeader header = LogHeader(5);
    FileNumber file = kLogFile;
    if (change == 0) ++header.epoch;
    if (change == 1) header.file = file = kLogFile + 1;
    if (change == 2) ++header.sequence;
    if (change == 3) --header.sequence;
    auto bytes = ReadFile(&env, kLogFile).value();
    std::ranges::copy(EncodeFileHeader(header), bytes.begin());
    WriteFile(&env, file, bytes);
    EXPECT_EQ(Replay(&env, file)->log.batches, 0u) << "change " << change;
  }
}

TEST(LogTest, DamageGivesAPrefixAndIsToldFromATornEnd) {
  MemoryEnv env;
  WriteLog(&env, 5, 8);
  const auto expected = Replay(&env).value();
  ForEachDamage(&env, kLogFile, [&](const std::string& how) {
    const auto found = Replay(&env);
    if (!found) {
      EXPECT_EQ(found.error().code(), ErrorCode::kCorruption);  // Of the header.
      return;
    }
    // Damage hits one record: the ones before it are there, and a whole one after it tells damage from a torn
    // end.
    const size_t count = found->batches.size();
    ASSERT_LT(count, 4u);
    EXPECT_TRUE(std::ranges::equal(found->batches, std::span(expected.batches).first(count)));
    EXPECT_EQ(found->log.last_sequence, 4 + count);
    EXPECT_EQ(found->log.good_bytes + found->log.dropped_bytes, env.Size(kLogFile).value());
    EXPECT_EQ(found->log.damaged, how == "flip" && count < 3);
  });
  EXPECT_EQ(Replay(&env)->batches, expected.batches);
}

TEST(LogTest, AHeaderDamagedAnywhereIsCorruption) {
  MemoryEnv env;
  WriteLog(&env, 5, 6);
  auto bytes = ReadFile(&env, kLogFile).value();
  for (size_t at = 0; at < kFileHeaderBytes; ++at) {
    bytes[at] ^= std::byte{4};
    WriteFile(&env, kLogFile, bytes);
    EXPECT_THAT(Replay(&env), IsError(ErrorCode::kCorruption));
    bytes[at] ^= std::byte{4};
  }
}

TEST(LogTest, AWholeRecordThatHoldsNoBatchIsAnErrorNotAnEnd) {
  MemoryEnv env;
  STRATA_ASSERT_OK_AND_ASSIGN(const auto log, LogWriter::Create(&env, LogHeader(5)));
  ASSERT_THAT(log->Append(BytesOf("\xff\xff"), 5), IsOk());
  EXPECT_THAT(Replay(&env),
              IsErrorSaying(ErrorCode::kCorruption, HasSubstr("00000004.strata: record at byte 64")));

  MemoryEnv other;
  STRATA_ASSERT_OK_AND_ASSIGN(const auto lying, LogWriter::Create(&other, LogHeader(5)));
  const std::string bytes = EncodeBatch(LogBatch(6));
  ASSERT_THAT(lying->Append(BytesOf(bytes), 5), IsOk());
  EXPECT_THAT(Replay(&other),
              IsErrorSaying(ErrorCode::kCorruption, HasSubstr("is batch 5, its payload is batch 6")));
}

TEST(LogTest, AHugeLengthAllocatesNothing) {
  MemoryEnv env;
  WriteLog(&env, 5, 5);
  for (const uint64_t length :
       {uint64_t{1} << 30, uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{0} - 63, uint64_t{0}}) {
    const auto record = EncodeLogRecordHeader({.checksum = 1, .sequence = 5, .payload_bytes = length});
    ASSERT_THAT(env.WriteAt(kLogFile, kFileHeaderBytes, record), IsOk());
    EXPECT_EQ(Replay(&env)->log.batches, 0u);
  }
}

// Headers that claim the rest of the file, one behind the other: each would cost a checksum of all that
// follows.
TEST(LogTest, TheSearchForLaterRecordsIsBoundedOnHostileBytes) {
  MemoryEnv env;
  WriteLog(&env, 5, 4);
  constexpr uint64_t kCount = 20'000;
  std::vector<std::byte> hostile;
  for (uint64_t i = 0; i < kCount; ++i) {
    const uint64_t rest = (kCount - i - 1) * kLogRecordHeaderBytes;
    const auto record = EncodeLogRecordHeader({.checksum = 1, .sequence = 6, .payload_bytes = rest});
    hostile.insert(hostile.end(), record.begin(), record.end());
  }
  ASSERT_THAT(env.WriteAt(kLogFile, kFileHeaderBytes, hostile), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const Replayed replayed, Replay(&env));
  EXPECT_EQ(replayed.log.batches, 0u);
  EXPECT_TRUE(replayed.log.damaged);
}

TEST(LogTest, AFailedAppendIsCutOffAndTheNextOneFollows) {
  for (const auto kind : {Fault::Kind::kFailOnce, Fault::Kind::kShortWrite}) {
    for (const size_t bytes : {10u, 100'000u}) {
      // Calls: create, write, sync, sync names, write of batch 5; then one write, or two of a large batch.
      for (uint64_t call = 5; call < (bytes > 65'536 ? 7u : 6u); ++call) {
        MemoryEnv memory;
        FaultEnv env(&memory, {.kind = kind, .call = call, .code = ErrorCode::kNoSpace});
        STRATA_ASSERT_OK_AND_ASSIGN(const auto log, LogWriter::Create(&env, LogHeader(5)));
        ASSERT_THAT(Append(*log, LogBatch(5)), IsOk());
        const uint64_t size = log->size();
        EXPECT_THAT(Append(*log, LogBatch(6, bytes)), IsError(ErrorCode::kNoSpace));
        EXPECT_TRUE(env.tripped());
        EXPECT_EQ(log->size(), size);
        EXPECT_THAT(memory.Size(kLogFile), IsOkAndHolds(size));
        EXPECT_THAT(Append(*log, LogBatch(6, 20)), IsOk());
        EXPECT_THAT(log->Sync(), IsOk());
        EXPECT_EQ(Replay(&memory)->batches, (std::vector{LogBatch(5), LogBatch(6, 20)}));
      }
    }
  }
}

TEST(LogTest, IsReadOnlyOnceAFailedAppendCannotBeCutOff) {
  MemoryEnv memory;
  FaultEnv env(&memory, {.kind = Fault::Kind::kFailForever, .call = 5});
  STRATA_ASSERT_OK_AND_ASSIGN(const auto log, LogWriter::Create(&env, LogHeader(5)));
  ASSERT_THAT(Append(*log, LogBatch(5)), IsOk());
  EXPECT_THAT(Append(*log, LogBatch(6)), IsError(ErrorCode::kIoError));
  env.Repair();
  EXPECT_THAT(Append(*log, LogBatch(6)), IsError(ErrorCode::kReadOnly));
  EXPECT_THAT(log->Sync(), IsError(ErrorCode::kReadOnly));
  EXPECT_EQ(Replay(&memory)->batches, std::vector{LogBatch(5)});
}

TEST(LogTest, IsReadOnlyForEverAfterAFailedSync) {
  MemoryEnv memory;
  FaultEnv env(&memory, {.kind = Fault::Kind::kFailOnce, .call = 5});
  STRATA_ASSERT_OK_AND_ASSIGN(const auto log, LogWriter::Create(&env, LogHeader(5)));
  ASSERT_THAT(Append(*log, LogBatch(5)), IsOk());
  EXPECT_THAT(log->Sync(), IsError(ErrorCode::kIoError));
  EXPECT_THAT(log->Sync(), IsError(ErrorCode::kReadOnly));
  EXPECT_THAT(Append(*log, LogBatch(6)), IsError(ErrorCode::kReadOnly));
}

}  // namespace
}  // namespace strata
