#include "lsm/superblock.h"

#include <vector>

#include "env/fault_env.h"
#include "env/memory_env.h"
#include "support/files.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::ElementsAre;

constexpr DatabaseId kDatabase = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr size_t kSlotBytes = 4096;
constexpr size_t kCopyBytes = 72;
constexpr size_t kSecondCopyAt = 2048;

Superblock At(uint64_t generation, uint64_t epoch = 1) {
  return {.database = kDatabase,
          .epoch = epoch,
          .generation = generation,
          .manifest = 10 + generation,
          .sequence = 100 * generation,
          .log = 5 + generation,
          .durable_sequence = 100 * generation + 3};
}

// A superblock file at `generation`.
SuperblockFile Make(Env* env, uint64_t generation) {
  SuperblockFile file = SuperblockFile::Create(env, At(1)).value();
  for (uint64_t next = 2; next <= generation; ++next) EXPECT_THAT(file.Publish(At(next)), IsOk());
  return file;
}

void Flip(Env* env, uint64_t offset) {
  std::byte byte;
  ASSERT_THAT(env->ReadAt(kSuperblockFile, offset, std::span(&byte, 1)), IsOk());
  byte ^= std::byte{0x10};
  ASSERT_THAT(env->WriteAt(kSuperblockFile, offset, std::span(&byte, 1)), IsOk());
}

// Spoils both copies in a slot.
void SpoilSlot(Env* env, size_t slot) {
  Flip(env, (1 + slot) * kSlotBytes + 20);
  Flip(env, (1 + slot) * kSlotBytes + kSecondCopyAt + 20);
}

// The example of docs/formats/superblock.md.
TEST(SuperblockTest, IsTheBytesThatTheFormatPageShows) {
  MemoryEnv env;
  Make(&env, 2);
  const auto bytes = ReadFile(&env, kSuperblockFile).value();
  ASSERT_EQ(bytes.size(), 3 * kSlotBytes);
  EXPECT_EQ(Hex(std::span(bytes).subspan(2 * kSlotBytes, kCopyBytes)),
            "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10\n"
            "01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00\n"
            "0c 00 00 00 00 00 00 00 c8 00 00 00 00 00 00 00\n"
            "07 00 00 00 00 00 00 00 cb 00 00 00 00 00 00 00\n"
            "01 4e 6f 5b c6 4d 35 5c");
  EXPECT_EQ(Hex(std::span(bytes).subspan(2 * kSlotBytes + kSecondCopyAt, kCopyBytes)),
            Hex(std::span(bytes).subspan(2 * kSlotBytes, kCopyBytes)));
}

TEST(SuperblockTest, OpensWithWhatWasPublishedLast) {
  MemoryEnv env;
  EXPECT_THAT(SuperblockFile::Open(&env), IsError(ErrorCode::kNotFound));
  for (uint64_t generation = 1; generation <= 5; ++generation) {
    if (generation == 1) {
      STRATA_ASSERT_OK_AND_ASSIGN(const auto created, SuperblockFile::Create(&env, At(1)));
      EXPECT_EQ(created.current(), At(1));
    } else {
      STRATA_ASSERT_OK_AND_ASSIGN(auto file, SuperblockFile::Open(&env));
      EXPECT_THAT(file.Publish(At(generation)), IsOk());
      EXPECT_EQ(file.current(), At(generation));
    }
    STRATA_ASSERT_OK_AND_ASSIGN(const auto reopened, SuperblockFile::Open(&env));
    EXPECT_EQ(reopened.current(), At(generation));
    EXPECT_THAT(reopened.Reread(), IsOkAndHolds(At(generation)));
  }
}

TEST(SuperblockTest, OffersTheSlotBeforeTheNewest) {
  MemoryEnv env;
  EXPECT_THAT(Make(&env, 1).candidates(), ElementsAre(At(1)));
  MemoryEnv other;
  Make(&other, 4);
  STRATA_ASSERT_OK_AND_ASSIGN(auto file, SuperblockFile::Open(&other));
  EXPECT_THAT(file.candidates(), ElementsAre(At(4), At(3)));

  file.UsePrevious();
  EXPECT_EQ(file.current().manifest, At(3).manifest);
  Superblock next = file.current();
  next.manifest = 99;
  ASSERT_THAT(file.Publish(next), IsOk());
  next.generation = 5;
  EXPECT_THAT(SuperblockFile::Open(&other)->candidates(), ElementsAre(next, At(3)));  // 4 was overwritten.
}

TEST(SuperblockTest, UsingThePreviousOneDoesNotBringBackAnOldEpoch) {
  MemoryEnv env;
  auto file = Make(&env, 1);
  ASSERT_THAT(file.Publish(At(2, 7)), IsOk());
  file.UsePrevious();
  EXPECT_EQ(file.current().epoch, 7u);
  EXPECT_EQ(file.current().manifest, At(1).manifest);
}

TEST(SuperblockTest, UsingThePreviousOneDoesNotForgetTheNewestLog) {
  MemoryEnv env;
  auto file = Make(&env, 2);
  file.UsePrevious();
  EXPECT_EQ(file.current().log, At(2).log);
  EXPECT_EQ(file.current().durable_sequence, At(2).durable_sequence);
}

TEST(SuperblockTest, CreatesNoSecondDatabase) {
  MemoryEnv env;
  Make(&env, 1);
  EXPECT_THAT(SuperblockFile::Create(&env, At(1)), IsError(ErrorCode::kAlreadyExists));
  Flip(&env, 3);
  EXPECT_THAT(SuperblockFile::Create(&env, At(1)), IsError(ErrorCode::kCorruption));
}

TEST(SuperblockTest, ALostRootBesideOtherFilesIsCorruptionAndNotAnEmptyDatabase) {
  MemoryEnv env;
  ASSERT_THAT(env.Create(1), IsOk());
  EXPECT_THAT(SuperblockFile::Open(&env), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(SuperblockFile::Create(&env, At(1)), IsError(ErrorCode::kCorruption));
  WriteFile(&env, kSuperblockFile, {});
  EXPECT_THAT(SuperblockFile::Open(&env), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(SuperblockFile::Create(&env, At(1)), IsError(ErrorCode::kCorruption));
}

TEST(SuperblockTest, AnOwnerWithAnOlderEpochIsFenced) {
  MemoryEnv env;
  auto deposed = Make(&env, 2);
  STRATA_ASSERT_OK_AND_ASSIGN(auto owner, SuperblockFile::Open(&env));
  ASSERT_THAT(owner.Publish(At(3, 2)), IsOk());
  EXPECT_EQ(deposed.Reread()->epoch, 2u);
  const auto before = ReadFile(&env, kSuperblockFile).value();
  EXPECT_THAT(deposed.Publish(At(3, 1)), IsError(ErrorCode::kFenced));
  EXPECT_EQ(ReadFile(&env, kSuperblockFile).value(), before);
}

TEST(SuperblockTest, ASpoiledCopyCostsNothingAndASpoiledSlotGivesTheOther) {
  MemoryEnv env;
  Make(&env, 4);  // Slot 0 has generation 3, slot 1 has 4.
  Flip(&env, 2 * kSlotBytes + 20);
  EXPECT_THAT(SuperblockFile::Open(&env)->candidates(), ElementsAre(At(4), At(3)));
  Flip(&env, 2 * kSlotBytes + 20);
  SpoilSlot(&env, 1);
  STRATA_ASSERT_OK_AND_ASSIGN(auto file, SuperblockFile::Open(&env));
  EXPECT_THAT(file.candidates(), ElementsAre(At(3)));
  ASSERT_THAT(file.Publish(At(4)), IsOk());  // Over the spoiled one.
  EXPECT_THAT(SuperblockFile::Open(&env)->candidates(), ElementsAre(At(4), At(3)));
  SpoilSlot(&env, 0);
  SpoilSlot(&env, 1);
  EXPECT_THAT(SuperblockFile::Open(&env), IsError(ErrorCode::kCorruption));
}

TEST(SuperblockTest, EveryFlippedByteAndEveryCutGivesTheSameOrAnError) {
  MemoryEnv env;
  Make(&env, 4);
  const std::vector<Superblock> expected = {At(4), At(3)};
  ForEachDamage(&env, kSuperblockFile, [&](const std::string& how) {
    const auto file = SuperblockFile::Open(&env);
    if (file) {
      EXPECT_EQ(file->candidates(), expected);
      EXPECT_NE(how, "cut");
    } else if (how == "flip" || env.Size(kSuperblockFile).value() >= kFileHeaderBytes) {
      EXPECT_EQ(file.error().code(), ErrorCode::kCorruption);
    }
  });
}

TEST(SuperblockTest, IsReadOnlyAfterAFailedSync) {
  MemoryEnv memory;
  Make(&memory, 2);
  FaultEnv env(&memory, {.kind = Fault::Kind::kFailOnce, .call = 6});
  STRATA_ASSERT_OK_AND_ASSIGN(auto file,
                              SuperblockFile::Open(&env));         // Calls 0 to 3: list, size, header, slots.
  EXPECT_THAT(file.Publish(At(3)), IsError(ErrorCode::kIoError));  // 4 to 6: slots, write, sync.
  EXPECT_EQ(file.current(), At(2));
  EXPECT_THAT(file.Publish(At(3)), IsError(ErrorCode::kReadOnly));
}

TEST(SuperblockTest, AFailedWriteMayBeTriedAgain) {
  MemoryEnv memory;
  Make(&memory, 2);
  for (const auto kind : {Fault::Kind::kFailOnce, Fault::Kind::kShortWrite}) {
    FaultEnv env(&memory, {.kind = kind, .call = 5});
    STRATA_ASSERT_OK_AND_ASSIGN(auto file, SuperblockFile::Open(&env));
    const Superblock before = file.current();
    EXPECT_THAT(file.Publish(At(before.generation + 1)), IsError(ErrorCode::kIoError));
    EXPECT_EQ(file.current(), before);
    EXPECT_THAT(file.Publish(At(before.generation + 1)), IsOk());
    EXPECT_EQ(SuperblockFile::Open(&memory)->current(), At(before.generation + 1));
  }
}

TEST(SuperblockTest, APowerCutBeforeAnyCallLeavesNothingOrTheLastPublishedOrTheNextOne) {
  for (uint64_t call = 0;; ++call) {
    SCOPED_TRACE(testing::Message() << "power cut before call " << call);
    MemoryEnv memory;
    FaultEnv env(&memory, {.kind = Fault::Kind::kPowerCut, .call = call});
    uint64_t published = 0;
    if (auto file = SuperblockFile::Create(&env, At(1))) {
      published = 1;
      while (published < 6 && file->Publish(At(published + 1))) ++published;
    }
    for (const auto bytes : {UnsyncedBytes::kDropped, UnsyncedBytes::kTorn, UnsyncedBytes::kShort,
                             UnsyncedBytes::kReordered, UnsyncedBytes::kKept}) {
      for (uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(testing::Message() << "damage " << static_cast<int>(bytes) << ", seed " << seed);
        MemoryEnv disk = memory.Crash({.bytes = bytes, .names = UnsyncedNames::kRandom, .seed = seed});
        auto found = SuperblockFile::Open(&disk);
        if (published == 0 && !found) {
          EXPECT_THAT(found, IsError(ErrorCode::kNotFound));
          EXPECT_THAT(SuperblockFile::Create(&disk, At(1)), IsOk());
          found = SuperblockFile::Open(&disk);
        }
        ASSERT_THAT(found, IsOk());
        const uint64_t generation = found->current().generation;
        EXPECT_GE(generation, published);
        EXPECT_LE(generation, published + 1);
        EXPECT_EQ(found->current(), At(generation));
        EXPECT_THAT(found->Publish(At(generation + 1)), IsOk());
      }
    }
    if (!env.tripped()) break;
  }
}

}  // namespace
}  // namespace strata
