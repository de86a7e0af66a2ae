#include <functional>
#include <memory>
#include <set>
#include <string>

#include "env/fault_env.h"
#include "env/memory_env.h"
#include "env/posix_env.h"
#include "env/temporary_directory.h"
#include "support/files.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// An Env to be tested, with whatever it stands on.
struct Subject {
  std::shared_ptr<void> below;
  std::unique_ptr<Env> env;
};

struct Maker {
  const char* name;
  std::function<Subject()> make;
};

Subject MakePosix() {
  auto directory = std::make_shared<TemporaryDirectory>();
  return {directory, PosixEnv::Open(directory->path()).value()};
}

Subject MakeMemory() { return {nullptr, std::make_unique<MemoryEnv>()}; }

Subject MakePlainMemory() {
  return {nullptr, std::make_unique<MemoryEnv>(MemoryOptions{.can_crash = false})};
}

Subject MakeFault() {
  auto memory = std::make_shared<MemoryEnv>();
  return {memory, std::make_unique<FaultEnv>(memory.get())};
}

// What env.h promises, for every implementation of it.
class EnvContractTest : public testing::TestWithParam<Maker> {
 protected:
  Subject subject_ = GetParam().make();
  Env& env_ = *subject_.env;
};

INSTANTIATE_TEST_SUITE_P(Env, EnvContractTest,
                         testing::Values(Maker{"Posix", MakePosix}, Maker{"Memory", MakeMemory},
                                         Maker{"PlainMemory", MakePlainMemory}, Maker{"Fault", MakeFault}),
                         [](const auto& maker) { return std::string(maker.param.name); });

TEST_P(EnvContractTest, BeginsWithoutFiles) { EXPECT_THAT(env_.List(), IsOkAndHolds(IsEmpty())); }

TEST_P(EnvContractTest, ListsFilesByNumber) {
  for (const FileNumber file : {7u, 0u, 123456789u, 12u}) EXPECT_THAT(env_.Create(file), IsOk());
  EXPECT_THAT(env_.Create(FileNumber{1} << 60), IsOk());
  EXPECT_THAT(env_.List(), IsOkAndHolds(ElementsAre(0u, 7u, 12u, 123456789u, FileNumber{1} << 60)));
}

TEST_P(EnvContractTest, MakesAnEmptyFileOnce) {
  EXPECT_THAT(env_.Create(1), IsOk());
  EXPECT_THAT(env_.Size(1), IsOkAndHolds(0u));
  EXPECT_THAT(env_.Create(1), IsError(ErrorCode::kAlreadyExists));
}

TEST_P(EnvContractTest, SaysNotFoundOfAFileThatIsNotThere) {
  std::byte byte{};
  EXPECT_THAT(env_.Size(3), IsError(ErrorCode::kNotFound));
  EXPECT_THAT(env_.ReadAt(3, 0, std::span(&byte, 1)), IsError(ErrorCode::kNotFound));
  EXPECT_THAT(env_.WriteAt(3, 0, std::span(&byte, 1)), IsError(ErrorCode::kNotFound));
  EXPECT_THAT(env_.Truncate(3, 0), IsError(ErrorCode::kNotFound));
  EXPECT_THAT(env_.Sync(3), IsError(ErrorCode::kNotFound));
  EXPECT_THAT(env_.Remove(3), IsError(ErrorCode::kNotFound));
  EXPECT_THAT(env_.List(), IsOkAndHolds(IsEmpty()));
}

TEST_P(EnvContractTest, ReadsBackWhatWasAppendedAndOverwritten) {
  ASSERT_THAT(env_.Create(1), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 0, BytesOf("hello")), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 5, BytesOf(" world")), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 9, BytesOf("LDS!")), IsOk());  // Begins inside, ends beyond.
  EXPECT_THAT(env_.Size(1), IsOkAndHolds(13u));
  EXPECT_EQ(TextOf(ReadFile(&env_, 1).value()), "hello worLDS!");
}

TEST_P(EnvContractTest, RefusesToWritePastTheEnd) {
  ASSERT_THAT(env_.Create(1), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 0, BytesOf("abc")), IsOk());
  EXPECT_THAT(env_.WriteAt(1, 4, BytesOf("x")), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(env_.Truncate(1, 4), IsError(ErrorCode::kInvalidArgument));
  EXPECT_EQ(TextOf(ReadFile(&env_, 1).value()), "abc");
}

TEST_P(EnvContractTest, CallsAFileThatEndsBeforeTheReadDamaged) {
  ASSERT_THAT(env_.Create(1), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 0, BytesOf("abc")), IsOk());
  std::array<std::byte, 2> two;
  EXPECT_THAT(env_.ReadAt(1, 1, two), IsOk());
  EXPECT_THAT(env_.ReadAt(1, 2, two), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(env_.ReadAt(1, ~uint64_t{0}, two), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(env_.ReadAt(1, 3, {}), IsOk());
}

TEST_P(EnvContractTest, TruncateCutsAndWritingGoesOnFromThere) {
  ASSERT_THAT(env_.Create(1), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 0, BytesOf("hello world")), IsOk());
  ASSERT_THAT(env_.Truncate(1, 6), IsOk());
  EXPECT_THAT(env_.Size(1), IsOkAndHolds(6u));
  ASSERT_THAT(env_.WriteAt(1, 6, BytesOf("you")), IsOk());
  EXPECT_EQ(TextOf(ReadFile(&env_, 1).value()), "hello you");
}

TEST_P(EnvContractTest, ForgetsARemovedFileAndItsBytes) {
  ASSERT_THAT(env_.Create(1), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 0, BytesOf("old")), IsOk());
  ASSERT_THAT(env_.Remove(1), IsOk());
  EXPECT_THAT(env_.Size(1), IsError(ErrorCode::kNotFound));
  ASSERT_THAT(env_.Create(1), IsOk());
  EXPECT_THAT(env_.Size(1), IsOkAndHolds(0u));
}

TEST_P(EnvContractTest, SyncsFilesAndNamesAndKeepsWorking) {
  ASSERT_THAT(env_.Create(1), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 0, BytesOf("abc")), IsOk());
  EXPECT_THAT(env_.Sync(1), IsOk());
  EXPECT_THAT(env_.SyncNames(), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 3, BytesOf("def")), IsOk());
  EXPECT_THAT(env_.Sync(1), IsOk());
  EXPECT_EQ(TextOf(ReadFile(&env_, 1).value()), "abcdef");
}

TEST_P(EnvContractTest, HoldsMoreFilesThanMayBeOpenAtOnce) {
  for (FileNumber file = 0; file < 200; ++file) {
    ASSERT_THAT(env_.Create(file), IsOk());
    ASSERT_THAT(env_.WriteAt(file, 0, BytesOf(std::to_string(file))), IsOk());
    if (file % 2 == 0) {
      ASSERT_THAT(env_.Sync(file), IsOk());
    }
  }
  for (FileNumber file = 0; file < 200; ++file) {
    EXPECT_EQ(TextOf(ReadFile(&env_, file).value()), std::to_string(file));
  }
}

TEST_P(EnvContractTest, MovesLargeBlocksWhole) {
  Random random(3);
  const auto bytes = random.Bytes((3u << 20) + 17);
  ASSERT_THAT(env_.Create(1), IsOk());
  ASSERT_THAT(env_.WriteAt(1, 0, bytes), IsOk());
  EXPECT_EQ(ReadFile(&env_, 1).value(), bytes);
}

TEST_P(EnvContractTest, ItsClockNeverGoesBack) {
  uint64_t last = env_.NowMicros();
  for (int i = 0; i < 1000; ++i) {
    const uint64_t now = env_.NowMicros();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST_P(EnvContractTest, ItsRandomBytesDiffer) {
  std::set<std::array<std::byte, 16>> seen;
  for (int i = 0; i < 100; ++i) {
    std::array<std::byte, 16> id{};
    env_.FillRandom(id);
    EXPECT_TRUE(seen.insert(id).second);
  }
  std::array<std::byte, 1000> many{};
  env_.FillRandom(many);
  EXPECT_GT(std::set(many.begin(), many.end()).size(), 100u);
}

}  // namespace
}  // namespace strata
