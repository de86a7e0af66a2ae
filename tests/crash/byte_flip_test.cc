// Storage that gives back other bytes than were written. Every byte of every file of a small database is
// flipped, one at a time, and every file taken away; whatever is asked then is answered exactly as before or
// with kCorruption, and a damaged log is refused, or what was lost of it is told.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "file/file_header.h"
#include "reference_database.h"
#include "support/files.h"
#include "support/random.h"

namespace strata {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kDataStride = 11;
#else
constexpr size_t kDataStride = 1;
#endif

using Files = std::map<FileNumber, std::vector<std::byte>>;

Files ReadFiles(Env* env) {
  Files files;
  const std::vector<FileNumber> numbers = env->List().value();
  for (const FileNumber file : numbers) files[file] = ReadFile(env, file).value();
  return files;
}

MemoryEnv DiskOf(const Files& files) {
  MemoryEnv env({.can_crash = false, .random_seed = 1});
  for (const auto& [file, bytes] : files) WriteFile(&env, file, bytes);
  return env;
}

// How often the damaged database did not open, failed a call, or told that it restored an earlier state.
struct Tally {
  uint64_t tried = 0;
  uint64_t refused = 0;
  uint64_t failed = 0;
  uint64_t restored = 0;
};

class ByteFlipTest : public testing::TestWithParam<FileKind> {
 protected:
  void SetUp() override {
    MemoryEnv disk = MakeReferenceDatabase();
    files_ = ReadFiles(&disk);
    expected_ = ReadEverything(&disk, ReferenceOptions()).answers;
    for (const Answer& answer : expected_) ASSERT_THAT(answer.given, IsOk()) << answer.call;
    ASSERT_GE(expected_.size(), 100u);
  }

  // What is wrong with what the database in `env` answers, or "".
  std::string Check(Env* env, const DatabaseOptions& options, Tally* tally) const {
    const ReadOutcome outcome = ReadEverything(env, options);
    ++tally->tried;
    if (outcome.report.log_damaged) {
      // It restores the longest good prefix and says so, unless told to refuse.
      ++tally->restored;
      return options.refuse_damaged_log ? "opened with a damaged log" : "";
    }
    size_t failed = 0;
    for (size_t i = 0; i < outcome.answers.size(); ++i) {
      const auto& [call, given] = outcome.answers[i];
      if (!given) {
        ++failed;
        const Error& error = given.error();
        if (error.code() == ErrorCode::kCorruption && !error.message().empty()) continue;
        return call + " fails as " + std::string(ErrorCodeName(error.code())) + ": " + error.message();
      }
      if (call != expected_[i].call) return call + " came instead of " + expected_[i].call;
      if (*given != *expected_[i].given) return call + " gave " + *given + " and not " + *expected_[i].given;
    }
    const bool opened = outcome.answers.size() > 1;
    if (opened && outcome.answers.size() != expected_.size()) return "fewer answers than there should be";
    if (opened && failed != 0 && outcome.damages.empty()) return "calls fail, but Verify() finds no damage";
    tally->refused += opened ? 0 : 1;
    tally->failed += opened && failed != 0 ? 1 : 0;
    return "";
  }

  // Checks the database with `file` replaced by `bytes`, or without it if there are none.
  std::string CheckWith(FileNumber file, std::optional<std::vector<std::byte>> bytes, Tally* tally) const {
    Files files = files_;
    files.erase(file);
    if (bytes) files[file] = std::move(*bytes);
    for (const bool refuse : {false, true}) {
      // Only what becomes of logs depends on this.
      if (refuse && GetParam() != FileKind::kLog) break;
      DatabaseOptions options = ReferenceOptions();
      options.refuse_damaged_log = refuse;
      MemoryEnv disk = DiskOf(files);
      if (std::string wrong = Check(&disk, options, tally); !wrong.empty()) return wrong;
    }
    return "";
  }

  std::vector<FileNumber> FilesOfThisKind() const {
    std::vector<FileNumber> numbers;
    for (const auto& [file, bytes] : files_) {
      if (DecodeFileHeader(bytes, file)->kind == GetParam()) numbers.push_back(file);
    }
    return numbers;
  }

  Files files_;
  std::vector<Answer> expected_;
};

void Print(const char* what, const Tally& tally) {
  std::printf("%s: %llu tried; %llu do not open, %llu fail a call, %llu restore and say so\n", what,
              static_cast<unsigned long long>(tally.tried), static_cast<unsigned long long>(tally.refused),
              static_cast<unsigned long long>(tally.failed), static_cast<unsigned long long>(tally.restored));
}

// All eight bits of every byte, except in the long runs of zeros of the superblock and in segments and index
// files behind their headers, where most flips leave a database that opens and is read to the end: there one
// bit of each byte, chosen by the seed. Sanitizer builds try every 11th of those bytes.
TEST_P(ByteFlipTest, EveryFlippedBitIsAnErrorOrDoesNotMatter) {
  Random random(20260602);
  Tally tally;
  for (const FileNumber file : FilesOfThisKind()) {
    const std::vector<std::byte>& good = files_.at(file);
    for (size_t at = 0; at < good.size(); ++at) {
      const bool zeros = GetParam() == FileKind::kSuperblock && good[at] == std::byte{0};
      const bool data = GetParam() == FileKind::kSegment || GetParam() == FileKind::kIndex;
      const bool one_bit = at >= kFileHeaderBytes && (zeros || data);
      const size_t chosen = random.Below(8);
      if (one_bit && at % kDataStride != 0) continue;
      for (size_t bit = 0; bit < 8; ++bit) {
        if (one_bit && bit != chosen) continue;
        std::vector<std::byte> bytes = good;
        bytes[at] ^= std::byte{1} << bit;
        const std::string wrong = CheckWith(file, std::move(bytes), &tally);
        ASSERT_TRUE(wrong.empty()) << wrong << "\nfile " << file << ", byte " << at << ", bit " << bit;
      }
    }
  }
  Print("flips", tally);
}

TEST_P(ByteFlipTest, EveryMissingFileIsAnErrorOrDoesNotMatter) {
  Tally tally;
  for (const FileNumber file : FilesOfThisKind()) {
    const std::string wrong = CheckWith(file, std::nullopt, &tally);
    EXPECT_TRUE(wrong.empty()) << wrong << "\nfile " << file;
  }
  Print("missing files", tally);
}

constexpr const char* kKindNames[] = {"", "Superblock", "Log", "Manifest", "Segment", "Index"};

INSTANTIATE_TEST_SUITE_P(EveryFile, ByteFlipTest,
                         testing::Values(FileKind::kSuperblock, FileKind::kLog, FileKind::kManifest,
                                         FileKind::kSegment, FileKind::kIndex),
                         [](const auto& kind) {
                           return std::string(kKindNames[static_cast<size_t>(kind.param)]);
                         });

}  // namespace
}  // namespace strata
