#include "env/fault_env.h"

#include "env/memory_env.h"
#include "support/files.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

// Five calls: create, write, sync, sync names, size. How many of them succeeded.
int RunFiveCalls(Env& env) {
  int succeeded = 0;
  if (env.Create(1)) ++succeeded;
  if (env.WriteAt(1, 0, BytesOf("abcd"))) ++succeeded;
  if (env.Sync(1)) ++succeeded;
  if (env.SyncNames()) ++succeeded;
  if (env.Size(1)) ++succeeded;
  return succeeded;
}

TEST(FaultEnvTest, CountsCallsAndPassesThemOn) {
  MemoryEnv memory;
  FaultEnv env(&memory);
  EXPECT_EQ(RunFiveCalls(env), 5);
  EXPECT_EQ(env.calls(), 5u);
  EXPECT_FALSE(env.tripped());
  EXPECT_THAT(memory.Size(1), IsOkAndHolds(4u));
}

TEST(FaultEnvTest, AfterThePowerCutNothingIsCarriedOut) {
  for (uint64_t call = 0; call < 5; ++call) {
    MemoryEnv memory;
    FaultEnv env(&memory, {.kind = Fault::Kind::kPowerCut, .call = call, .code = ErrorCode::kNoSpace});
    EXPECT_EQ(RunFiveCalls(env), static_cast<int>(call));
    EXPECT_TRUE(env.tripped());
    EXPECT_EQ(memory.List()->size(), call > 0 ? 1u : 0u);
    EXPECT_THAT(env.List(), IsError(ErrorCode::kIoError));
  }
}

TEST(FaultEnvTest, FailsOnceOrForEverWithTheGivenCode) {
  MemoryEnv memory;
  FaultEnv once(&memory, {.kind = Fault::Kind::kFailOnce, .call = 1, .code = ErrorCode::kNoSpace});
  ASSERT_THAT(once.Create(1), IsOk());
  EXPECT_THAT(once.WriteAt(1, 0, BytesOf("abcd")), IsError(ErrorCode::kNoSpace));
  EXPECT_THAT(memory.Size(1), IsOkAndHolds(0u));
  EXPECT_THAT(once.WriteAt(1, 0, BytesOf("abcd")), IsOk());

  FaultEnv forever(&memory, {.kind = Fault::Kind::kFailForever, .call = 0, .code = ErrorCode::kNoSpace});
  EXPECT_THAT(forever.Size(1), IsError(ErrorCode::kNoSpace));
  EXPECT_THAT(forever.Size(1), IsError(ErrorCode::kNoSpace));
  forever.Repair();
  EXPECT_THAT(forever.Size(1), IsOk());
}

TEST(FaultEnvTest, AShortWriteLeavesHalf) {
  MemoryEnv memory;
  FaultEnv env(&memory, {.kind = Fault::Kind::kShortWrite, .call = 1, .code = ErrorCode::kNoSpace});
  ASSERT_THAT(env.Create(1), IsOk());
  EXPECT_THAT(env.WriteAt(1, 0, BytesOf("abcd")), IsError(ErrorCode::kNoSpace));
  EXPECT_TRUE(env.tripped());
  EXPECT_EQ(TextOf(ReadFile(&memory, 1).value()), "ab");
  EXPECT_EQ(env.calls(), 2u);
}

}  // namespace
}  // namespace strata
