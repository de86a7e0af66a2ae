// Storage that refuses a call. The workload goes on as a program would, then the power goes; what was
// acknowledged must be there.
#include <string>

#include "env/fault_env.h"
#include "env/memory_env.h"
#include "gtest/gtest.h"
#include "stride.h"
#include "workload.h"

namespace strata {
namespace {

constexpr uint64_t kSeed = 20260301;

class IoErrorTest : public testing::TestWithParam<Fault::Kind> {};

TEST_P(IoErrorTest, LosesNothingThatWasAcknowledgedAsStrict) {
  const CrashWorkload workload(kSeed, 130, Durability::kStrict);
  // Kinds of index take turns; the work is done when all of them have run to their ends.
  uint64_t turn = 0;
  uint64_t ended = 0;
  for (uint64_t call = 0; ended < CrashWorkload::kTurns; call += CrashStride(), ++turn) {
    MemoryEnv disk({.can_crash = true, .random_seed = kSeed});
    FaultEnv env(&disk, {.kind = GetParam(), .call = call});
    const size_t acknowledged = workload.Run(&env, turn);
    MemoryEnv after = disk.Crash({.seed = call + 1});
    ASSERT_EQ(CheckRecovered(&after, workload, acknowledged, turn), "")
        << "call " << call << " failed, turn " << turn % CrashWorkload::kTurns << ", " << acknowledged
        << " batches acknowledged";
    ended = env.tripped() ? 0 : ended + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryCall, IoErrorTest,
                         testing::Values(Fault::Kind::kFailOnce, Fault::Kind::kShortWrite),
                         [](const auto& kind) {
                           return std::string(kind.param == Fault::Kind::kFailOnce ? "FailsOnce"
                                                                                   : "WritesHalf");
                         });

}  // namespace
}  // namespace strata
