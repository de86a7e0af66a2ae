#include "env/memory_env.h"

#include <algorithm>
#include <set>
#include <string>

#include "support/files.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::ElementsAre;

constexpr size_t kSector = 512;

void Write(MemoryEnv& env, FileNumber file, uint64_t offset, const std::string& text) {
  ASSERT_THAT(env.WriteAt(file, offset, BytesOf(text)), IsOk());
}

// A disk with the durable file 1.
MemoryEnv DiskHolding(const std::string& text) {
  MemoryEnv env;
  WriteFile(&env, 1, BytesOf(text));
  EXPECT_THAT(env.Sync(1), IsOk());
  EXPECT_THAT(env.SyncNames(), IsOk());
  return env;
}

std::string After(const MemoryEnv& env, const CrashOptions& options) {
  MemoryEnv disk = env.Crash(options);
  return TextOf(ReadFile(&disk, 1).value());
}

TEST(MemoryEnvCrashTest, KeepsWhatWasSyncedWhateverHappens) {
  MemoryEnv env = DiskHolding(std::string(2000, 'a'));
  for (const auto bytes : {UnsyncedBytes::kDropped, UnsyncedBytes::kTorn, UnsyncedBytes::kShort,
                           UnsyncedBytes::kReordered, UnsyncedBytes::kKept}) {
    EXPECT_EQ(After(env, {.bytes = bytes}), std::string(2000, 'a'));
  }
}

TEST(MemoryEnvCrashTest, DropsUnsyncedBytesAndLeavesTheOriginalAlone) {
  MemoryEnv env = DiskHolding("old");
  Write(env, 1, 0, "NEW and more");
  EXPECT_EQ(After(env, {}), "old");
  EXPECT_EQ(After(env, {.bytes = UnsyncedBytes::kKept}), "NEW and more");
  EXPECT_EQ(TextOf(ReadFile(&env, 1).value()), "NEW and more");
  ASSERT_THAT(env.Sync(1), IsOk());
  EXPECT_EQ(After(env, {}), "NEW and more");
}

TEST(MemoryEnvCrashTest, BringsBackUnsyncedTruncations) {
  MemoryEnv env = DiskHolding("long enough");
  ASSERT_THAT(env.Truncate(1, 4), IsOk());
  EXPECT_EQ(After(env, {}), "long enough");
  ASSERT_THAT(env.Sync(1), IsOk());
  EXPECT_EQ(After(env, {}), "long");
}

TEST(MemoryEnvCrashTest, LosesUnsyncedNamesEvenOfSyncedFiles) {
  MemoryEnv env = DiskHolding("kept");
  WriteFile(&env, 2, BytesOf("its name is not durable"));
  ASSERT_THAT(env.Sync(2), IsOk());
  ASSERT_THAT(env.Remove(1), IsOk());
  MemoryEnv dropped = env.Crash();
  EXPECT_THAT(dropped.List(), IsOkAndHolds(ElementsAre(1u)));
  EXPECT_EQ(TextOf(ReadFile(&dropped, 1).value()), "kept");
  MemoryEnv kept = env.Crash({.names = UnsyncedNames::kKept});
  EXPECT_THAT(kept.List(), IsOkAndHolds(ElementsAre(2u)));
  ASSERT_THAT(env.SyncNames(), IsOk());
  EXPECT_THAT(env.Crash().List(), IsOkAndHolds(ElementsAre(2u)));
}

TEST(MemoryEnvCrashTest, ANameThatSurvivesItsUnsyncedFileIsEmpty) {
  MemoryEnv env;
  WriteFile(&env, 2, BytesOf("never synced"));
  ASSERT_THAT(env.SyncNames(), IsOk());
  EXPECT_THAT(env.Crash().Size(2), IsOkAndHolds(0u));
}

TEST(MemoryEnvCrashTest, ARemovedAndRemadeFileIsTheOldOneTheNewOneOrNone) {
  MemoryEnv env = DiskHolding("old");
  ASSERT_THAT(env.Remove(1), IsOk());
  WriteFile(&env, 1, BytesOf("new"));
  ASSERT_THAT(env.Sync(1), IsOk());
  std::set<std::string> found;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    MemoryEnv disk = env.Crash({.names = UnsyncedNames::kRandom, .seed = seed});
    const auto bytes = ReadFile(&disk, 1);
    found.insert(bytes ? TextOf(*bytes) : "none");
  }
  EXPECT_THAT(found, ElementsAre("new", "none", "old"));
}

TEST(MemoryEnvCrashTest, TheSameSeedGivesTheSameDisk) {
  MemoryEnv env = DiskHolding(std::string(5000, 'a'));
  Write(env, 1, 100, std::string(4000, 'b'));
  Write(env, 1, 5000, std::string(4000, 'c'));
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const CrashOptions options{.bytes = UnsyncedBytes::kReordered, .seed = seed};
    EXPECT_EQ(After(env, options), After(env, options));
  }
}

// Overwrites all of a file twice without syncing; then whole sectors are of one of the three versions.
TEST(MemoryEnvCrashTest, NoSectorIsTornAndAllVersionsOfItOccur) {
  constexpr size_t kSectors = 8;
  MemoryEnv env = DiskHolding(std::string(kSectors * kSector, 'a'));
  Write(env, 1, 0, std::string(kSectors * kSector, 'b'));
  Write(env, 1, 0, std::string(kSectors * kSector, 'c'));
  for (const auto bytes : {UnsyncedBytes::kTorn, UnsyncedBytes::kShort, UnsyncedBytes::kReordered}) {
    std::set<std::string> found;
    for (uint64_t seed = 0; seed < 200; ++seed) {
      const std::string text = After(env, {.bytes = bytes, .seed = seed});
      ASSERT_EQ(text.size(), kSectors * kSector);
      std::string versions;
      for (size_t sector = 0; sector < kSectors; ++sector) {
        ASSERT_EQ(text.substr(sector * kSector, kSector), std::string(kSector, text[sector * kSector]));
        versions += text[sector * kSector];
      }
      found.insert(versions);
    }
    // Torn: "aaaaaaaa", "baaaaaaa", ... 17 in all. Reordered: any of 3^8.
    EXPECT_GE(found.size(), bytes == UnsyncedBytes::kReordered ? 150u : 15u);
  }
}

TEST(MemoryEnvCrashTest, AnAppendEndsAtASectorWhenTornAndAnywhereWhenShort) {
  MemoryEnv env = DiskHolding(std::string(100, 'a'));
  Write(env, 1, 100, std::string(3000, 'b'));
  bool within_a_sector = false;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const std::string torn = After(env, {.bytes = UnsyncedBytes::kTorn, .seed = seed});
    EXPECT_TRUE(torn.size() % kSector == 0 || torn.size() == 100 || torn.size() == 3100) << torn.size();
    const std::string cut = After(env, {.bytes = UnsyncedBytes::kShort, .seed = seed});
    EXPECT_EQ(cut, (std::string(100, 'a') + std::string(3000, 'b')).substr(0, cut.size()));
    within_a_sector |= cut.size() % kSector != 0 && cut.size() > 100 && cut.size() < 3100;
  }
  EXPECT_TRUE(within_a_sector);
}

// The slow and obvious reference for kReordered: the versions that a sector has had.
TEST(MemoryEnvCrashTest, EverySectorIsOneThatTheFileHad) {
  Random random(11);
  for (int round = 0; round < 50; ++round) {
    MemoryEnv env = DiskHolding(TextOf(random.Bytes(random.Below(4 * kSector))));
    std::vector<std::string> versions = {TextOf(ReadFile(&env, 1).value())};
    for (int i = 0; i < 6; ++i) {
      const size_t size = versions.back().size();
      if (random.Below(4) == 0) {
        ASSERT_THAT(env.Truncate(1, random.Below(size + 1)), IsOk());
      } else {
        ASSERT_THAT(env.WriteAt(1, random.Below(size + 1), random.Bytes(random.Below(3 * kSector))), IsOk());
      }
      versions.push_back(TextOf(ReadFile(&env, 1).value()));
    }
    const std::string found = After(env, {.bytes = UnsyncedBytes::kReordered, .seed = random.Next()});
    EXPECT_TRUE(
        std::ranges::any_of(versions, [&](const auto& version) { return version.size() == found.size(); }));
    for (size_t begin = 0; begin < found.size(); begin += kSector) {
      const std::string sector = found.substr(begin, kSector);
      const bool had = std::ranges::any_of(versions, [&](std::string version) {
        version.resize(std::max(version.size(), begin + kSector), '\0');
        return version.substr(begin, sector.size()) == sector;
      });
      EXPECT_TRUE(had) << "sector at byte " << begin;
    }
  }
}

TEST(MemoryEnvTest, SeededRandomnessRepeats) {
  std::array<std::byte, 16> first{};
  std::array<std::byte, 16> second{};
  MemoryEnv({.random_seed = 5}).FillRandom(first);
  MemoryEnv({.random_seed = 5}).FillRandom(second);
  EXPECT_EQ(first, second);
  MemoryEnv({.random_seed = 6}).FillRandom(second);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace strata
