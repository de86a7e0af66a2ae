// What opening makes of logs that are not as they were left.
#include <algorithm>
#include <string>
#include <vector>

#include "env/memory_env.h"
#include "lsm/superblock.h"
#include "strata/database.h"
#include "support/files.h"

namespace strata {
namespace {

using testing::HasSubstr;

constexpr char kCollection[] = "c";

Result<void> WriteOne(Database* database, int64_t id) {
  STRATA_ASSIGN_OR_RETURN(Collection * collection, database->OpenCollection(kCollection, {}));
  WriteOp op;
  op.record.id = id;
  STRATA_RETURN_IF_ERROR(collection->Write({op}));
  return database->SyncLog();
}

FileNumber NewestLog(Env* env) { return SuperblockFile::Open(env)->current().log; }

std::string NameOf(FileNumber file) {
  const std::string digits = std::to_string(file);
  return std::string(8 - digits.size(), '0') + digits + ".strata";
}

// Opens, writes, flushes and writes again, so that a second log was begun in between; closes or just stops.
void MakeDatabase(Env* env, bool close) {
  STRATA_ASSERT_OK_AND_ASSIGN(const auto database, Database::Open(env, {}));
  ASSERT_THAT(WriteOne(database.get(), 1), IsOk());
  ASSERT_THAT(database->Flush(), IsOk());
  ASSERT_THAT(WriteOne(database.get(), 2), IsOk());
  if (close) {
    ASSERT_THAT(database->Close(), IsOk());
  }
}

TEST(RecoveryTest, AMissingNewestLogIsCorruptionThatNamesIt) {
  for (const bool close : {true, false}) {
    for (const bool read_only : {true, false}) {
      MemoryEnv env;
      MakeDatabase(&env, close);
      const FileNumber log = NewestLog(&env);
      ASSERT_THAT(env.Remove(log), IsOk());
      DatabaseOptions options;
      options.read_only = read_only;
      EXPECT_THAT(Database::Open(&env, options),
                  IsErrorSaying(ErrorCode::kCorruption, HasSubstr(NameOf(log))));
      // Nothing was changed by trying.
      EXPECT_THAT(Database::Open(&env, options), IsError(ErrorCode::kCorruption));
    }
  }
}

TEST(RecoveryTest, AnEmptyNewestLogIsMissedToo) {
  MemoryEnv env;
  {
    STRATA_ASSERT_OK_AND_ASSIGN(const auto database, Database::Open(&env, {}));
  }
  const FileNumber log = NewestLog(&env);
  ASSERT_THAT(env.Remove(log), IsOk());
  EXPECT_THAT(Database::Open(&env, {}), IsErrorSaying(ErrorCode::kCorruption, HasSubstr(NameOf(log))));
}

TEST(RecoveryTest, ALogBegunButNotYetNamedIsUsed) {
  MemoryEnv env;
  MakeDatabase(&env, /*close=*/false);
  STRATA_ASSERT_OK_AND_ASSIGN(const auto before, SuperblockFile::Open(&env));
  {
    STRATA_ASSERT_OK_AND_ASSIGN(const auto database, Database::Open(&env, {}));
    ASSERT_THAT(WriteOne(database.get(), 3), IsOk());
  }
  // As if the power had gone before the publication that named the new log.
  STRATA_ASSERT_OK_AND_ASSIGN(auto file, SuperblockFile::Open(&env));
  Superblock older = file.current();
  older.log = before.current().log;
  ASSERT_THAT(file.Publish(older), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto database, Database::Open(&env, {}));
  STRATA_ASSERT_OK_AND_ASSIGN(Collection * collection, database->FindCollection(kCollection));
  EXPECT_THAT(collection->Count(), IsOkAndHolds(3u));
  EXPECT_FALSE(database->recovery().log_damaged);
}

// Without a later record the end of the log looks torn; only the superblock knows better.
TEST(RecoveryTest, ADamagedLastBatchAfterACleanCloseIsDamageAndNotATornTail) {
  MemoryEnv env;
  MakeDatabase(&env, /*close=*/true);
  const FileNumber log = NewestLog(&env);
  auto bytes = ReadFile(&env, log).value();
  bytes.back() ^= std::byte{1};
  WriteFile(&env, log, bytes);

  DatabaseOptions options;
  options.refuse_damaged_log = true;
  EXPECT_THAT(Database::Open(&env, options), IsErrorSaying(ErrorCode::kCorruption, HasSubstr("batch 3")));
  {
    STRATA_ASSERT_OK_AND_ASSIGN(const auto database, Database::Open(&env, {}));
    EXPECT_TRUE(database->recovery().log_damaged);
    EXPECT_GT(database->recovery().log_bytes_dropped, 0u);
    STRATA_ASSERT_OK_AND_ASSIGN(Collection * collection, database->FindCollection(kCollection));
    EXPECT_THAT(collection->Count(), IsOkAndHolds(1u));
  }
  // Told once: what is there now is all there is.
  STRATA_ASSERT_OK_AND_ASSIGN(const auto database, Database::Open(&env, options));
  EXPECT_FALSE(database->recovery().log_damaged);
}

TEST(RecoveryTest, VerifyFindsDamageToTheLastBatchOfTheOpenLog) {
  MemoryEnv env;
  STRATA_ASSERT_OK_AND_ASSIGN(const auto database, Database::Open(&env, {}));
  ASSERT_THAT(WriteOne(database.get(), 1), IsOk());
  EXPECT_THAT(database->Verify(), IsOkAndHolds(testing::IsEmpty()));
  const FileNumber log = NewestLog(&env);
  auto bytes = ReadFile(&env, log).value();
  bytes.back() ^= std::byte{1};
  WriteFile(&env, log, bytes);
  STRATA_ASSERT_OK_AND_ASSIGN(const std::vector<Damage> damages, database->Verify());
  ASSERT_EQ(damages.size(), 1u);
  EXPECT_EQ(damages[0].file, log);
}

}  // namespace
}  // namespace strata
