#include "env/posix_env.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "env/temporary_directory.h"
#include "support/files.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

mode_t ModeOf(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

class PosixEnvTest : public testing::Test {
 protected:
  TemporaryDirectory temporary_;
  const std::string path_ = temporary_.path() + "/db";
};

TEST_F(PosixEnvTest, KeepsFilesAcrossOpenings) {
  {
    STRATA_ASSERT_OK_AND_ASSIGN(const auto env, PosixEnv::Open(path_));
    WriteFile(env.get(), 3, BytesOf("kept"));
  }
  STRATA_ASSERT_OK_AND_ASSIGN(const auto env, PosixEnv::Open(path_));
  EXPECT_EQ(TextOf(ReadFile(env.get(), 3).value()), "kept");
  EXPECT_TRUE(fs::exists(path_ + "/00000003.strata"));
}

TEST_F(PosixEnvTest, MakesDirectoryAndFilesForTheOwnerAlone) {
  const mode_t mask = umask(0);
  STRATA_ASSERT_OK_AND_ASSIGN(const auto env, PosixEnv::Open(path_));
  ASSERT_THAT(env->Create(1), IsOk());
  umask(mask);
  EXPECT_EQ(ModeOf(path_), mode_t{0700});
  EXPECT_EQ(ModeOf(path_ + "/00000001.strata"), mode_t{0600});
}

TEST_F(PosixEnvTest, SaysNotFoundOfADirectoryItMayNotMake) {
  EXPECT_THAT(PosixEnv::Open(path_, {.create = false}), IsError(ErrorCode::kNotFound));
  EXPECT_THAT(PosixEnv::Open(path_, {.read_only = true}), IsError(ErrorCode::kNotFound));
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(PosixEnvTest, RefusesASymbolicLinkAndAFileInPlaceOfTheDirectory) {
  fs::create_directory(temporary_.path() + "/target");
  fs::create_directory_symlink(temporary_.path() + "/target", path_);
  EXPECT_THAT(PosixEnv::Open(path_), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(PosixEnv::Open(path_ + "/"), IsError(ErrorCode::kInvalidArgument));
  const std::string file = temporary_.path() + "/file";
  std::ofstream(file) << "x";
  EXPECT_THAT(PosixEnv::Open(file), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(PosixEnv::Open(""), IsError(ErrorCode::kInvalidArgument));
}

TEST_F(PosixEnvTest, RefusesLinksPipesAndDirectoriesInPlaceOfFiles) {
  STRATA_ASSERT_OK_AND_ASSIGN(const auto env, PosixEnv::Open(path_));
  std::ofstream(temporary_.path() + "/secret") << "secret";
  fs::create_symlink(temporary_.path() + "/secret", path_ + "/00000001.strata");
  ASSERT_EQ(mkfifo((path_ + "/00000002.strata").c_str(), 0600), 0);
  fs::create_directory(path_ + "/00000003.strata");
  for (const FileNumber file : {1u, 2u, 3u}) {
    EXPECT_THAT(env->Size(file), IsError(ErrorCode::kIoError));
    EXPECT_THAT(env->WriteAt(file, 0, BytesOf("x")), IsError(ErrorCode::kIoError));
    EXPECT_THAT(env->Create(file), IsError(ErrorCode::kAlreadyExists));
  }
}

TEST_F(PosixEnvTest, LeavesForeignNamesAlone) {
  STRATA_ASSERT_OK_AND_ASSIGN(const auto env, PosixEnv::Open(path_));
  std::ofstream(path_ + "/notes.txt") << "mine";
  std::ofstream(path_ + "/1.strata") << "mine";
  ASSERT_THAT(env->Create(1), IsOk());
  EXPECT_THAT(env->List(), IsOkAndHolds(ElementsAre(1u)));
}

TEST_F(PosixEnvTest, OnlyOneMayWriteAndManyMayReadWhenNobodyDoes) {
  {
    STRATA_ASSERT_OK_AND_ASSIGN(const auto writer, PosixEnv::Open(path_));
    EXPECT_THAT(PosixEnv::Open(path_), IsError(ErrorCode::kUnavailable));
    EXPECT_THAT(PosixEnv::Open(path_, {.read_only = true}), IsError(ErrorCode::kUnavailable));
    // The lock belongs to the directory, by whatever name.
    EXPECT_THAT(PosixEnv::Open(path_ + "/../db"), IsError(ErrorCode::kUnavailable));
  }
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader, PosixEnv::Open(path_, {.read_only = true}));
  EXPECT_THAT(PosixEnv::Open(path_, {.read_only = true}), IsOk());
}

TEST_F(PosixEnvTest, TheLockOfAKilledProcessIsFree) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto env = PosixEnv::Open(path_);
    const char answer = env ? 'y' : 'n';
    if (write(ready[1], &answer, 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_THAT(PosixEnv::Open(path_), IsError(ErrorCode::kUnavailable));
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_THAT(PosixEnv::Open(path_), IsOk());
  close(ready[0]);
  close(ready[1]);
}

TEST_F(PosixEnvTest, AReadOnlyOneChangesNothing) {
  {
    STRATA_ASSERT_OK_AND_ASSIGN(const auto env, PosixEnv::Open(path_));
    WriteFile(env.get(), 1, BytesOf("abc"));
  }
  STRATA_ASSERT_OK_AND_ASSIGN(const auto env, PosixEnv::Open(path_, {.read_only = true}));
  EXPECT_EQ(TextOf(ReadFile(env.get(), 1).value()), "abc");
  EXPECT_THAT(env->Create(2), IsError(ErrorCode::kReadOnly));
  EXPECT_THAT(env->WriteAt(1, 0, BytesOf("x")), IsError(ErrorCode::kReadOnly));
  EXPECT_THAT(env->Truncate(1, 0), IsError(ErrorCode::kReadOnly));
  EXPECT_THAT(env->Remove(1), IsError(ErrorCode::kReadOnly));
  EXPECT_THAT(env->Sync(1), IsError(ErrorCode::kReadOnly));
  EXPECT_THAT(env->SyncNames(), IsError(ErrorCode::kReadOnly));
}

TEST_F(PosixEnvTest, KeepsFewDescriptorsOpen) {
  STRATA_ASSERT_OK_AND_ASSIGN(const auto env, PosixEnv::Open(path_));
  const auto open_count = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), {}); };
  if (!fs::exists("/proc/self/fd")) GTEST_SKIP() << "no /proc here";
  const auto before = open_count();
  for (FileNumber file = 0; file < 300; ++file) {
    WriteFile(env.get(), file, BytesOf("x"));
    ASSERT_THAT(env->Sync(file), IsOk());
  }
  EXPECT_LE(open_count() - before, 64);
}

}  // namespace
}  // namespace strata
