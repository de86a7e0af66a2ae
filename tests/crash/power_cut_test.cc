#include <cctype>
#include <cstdio>
#include <string>

#include "env/fault_env.h"
#include "env/memory_env.h"
#include "gtest/gtest.h"
#include "stride.h"
#include "workload.h"

namespace strata {
namespace {

struct Damage {
  const char* name;
  UnsyncedBytes bytes;
  UnsyncedNames names;
  uint64_t first_turn;  // So that each call is cut off under several kinds of index.
};

// How a power cut treats what was not synced. Names lost are the Chromium/OPFS and POSIX case; kept is what
// ext4 does after an fsync of the file.
constexpr Damage kDamages[] = {
    {"bytes dropped, names lost", UnsyncedBytes::kDropped, UnsyncedNames::kDropped, 0},
    {"bytes dropped, names kept", UnsyncedBytes::kDropped, UnsyncedNames::kKept, 1},
    {"torn at a sector, names at random", UnsyncedBytes::kTorn, UnsyncedNames::kRandom, 2},
    {"short, names kept", UnsyncedBytes::kShort, UnsyncedNames::kKept, 3},
    {"reordered, names at random", UnsyncedBytes::kReordered, UnsyncedNames::kRandom, 4},
};

class PowerCutTest : public testing::TestWithParam<Damage> {};

struct Tally {
  uint64_t calls = 0;
  uint64_t recoveries = 0;
};

// Cuts the power before every stride-th I/O call of the workload, once each, and reopens what is left. Kinds
// of index take turns.
Tally CutEverywhere(const CrashWorkload& workload, const Damage& damage, uint64_t seed, uint64_t stride) {
  Tally tally;
  const uint64_t first_turn = seed + damage.first_turn;
  // Some kinds make more calls than others; the work is done when all of them have run to their ends.
  uint64_t ended = 0;
  for (uint64_t call = 0; ended < CrashWorkload::kTurns; call += stride) {
    const uint64_t turn = first_turn + tally.recoveries;
    MemoryEnv disk({.can_crash = true, .random_seed = seed});
    FaultEnv env(&disk, {.kind = Fault::Kind::kPowerCut, .call = call});
    const size_t acknowledged = workload.Run(&env, turn);
    tally.calls = env.calls();
    MemoryEnv after = disk.Crash({.bytes = damage.bytes, .names = damage.names, .seed = call + 1});
    const std::string wrong = CheckRecovered(&after, workload, acknowledged, turn);
    ++tally.recoveries;
    if (!wrong.empty()) {
      ADD_FAILURE() << "power cut before call " << call << ", turn " << turn % CrashWorkload::kTurns << ", "
                    << acknowledged << " batches acknowledged: " << wrong;
      return tally;
    }
    ended = env.tripped() ? 0 : ended + 1;
  }
  return tally;
}

void Print(const char* what, const Damage& damage, uint64_t seed, const Tally& tally) {
  std::printf("%s, %s: seed %llu, %llu I/O calls, %llu recoveries\n", what, damage.name,
              static_cast<unsigned long long>(seed), static_cast<unsigned long long>(tally.calls),
              static_cast<unsigned long long>(tally.recoveries));
}

constexpr uint64_t kSeed = 20260101;

TEST_P(PowerCutTest, LosesNothingThatWasAcknowledgedAsStrict) {
  const CrashWorkload workload(kSeed, 400, Durability::kStrict);
  const Tally tally = CutEverywhere(workload, GetParam(), kSeed, CrashStride());
  Print("power cut, strict", GetParam(), kSeed, tally);
  // What the project promises is tested on a workload of at least 2,000 calls.
  EXPECT_GE(tally.calls, 2000u);
}

TEST_P(PowerCutTest, KeepsAPrefixOfWhatWasRelaxed) {
  const CrashWorkload workload(kSeed + 1, 300, Durability::kRelaxed);
  const Tally tally = CutEverywhere(workload, GetParam(), kSeed + 1, CrashStride());
  Print("power cut, relaxed", GetParam(), kSeed + 1, tally);
}

std::string TestName(const testing::TestParamInfo<Damage>& damage) {
  std::string name;
  for (const char c : std::string(damage.param.name)) {
    if (std::isalnum(static_cast<unsigned char>(c))) name += c;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(EveryDamage, PowerCutTest, testing::ValuesIn(kDamages), TestName);

}  // namespace
}  // namespace strata
