// Holds the tree to the floor plan of docs/architecture.md.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "source_dir.h"

namespace strata {
namespace {

namespace fs = std::filesystem;

// From the bottom up: a folder includes from itself and from those before it.
constexpr std::array<std::string_view, 10> kFolders = {"bytes", "env", "file",   "vector", "quant",
                                                       "index", "lsm", "filter", "text",   "collection"};

size_t RankOf(std::string_view folder) {
  return static_cast<size_t>(std::find(kFolders.begin(), kFolders.end(), folder) - kFolders.begin());
}

struct SourceFile {
  fs::path path;       // Relative to core/.
  std::string folder;  // "lsm" for core/src/lsm/..., "" for core/src/ itself and core/include/.
  std::vector<std::string> lines;
};

std::vector<SourceFile> CoreFiles() {
  std::vector<SourceFile> files;
  const fs::path core = fs::path(STRATA_SOURCE_DIR) / "core";
  for (const auto& entry : fs::recursive_directory_iterator(core)) {
    if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
    SourceFile file;
    file.path = fs::relative(entry.path(), core);
    const auto parent = file.path.parent_path();
    if (*file.path.begin() == "src" && parent != "src")
      file.folder = (*std::next(file.path.begin())).string();
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) file.lines.push_back(line);
    files.push_back(std::move(file));
  }
  return files;
}

TEST(LayeringTest, EveryFolderOfTheEngineHasItsPlace) {
  for (const SourceFile& file : CoreFiles()) {
    if (file.folder.empty()) continue;
    EXPECT_LT(RankOf(file.folder), kFolders.size()) << file.path;
  }
}

TEST(LayeringTest, IncludesPointDownTheFloorPlan) {
  const std::regex include(R"re(^\s*#include "([a-z_]+)/)re");
  for (const SourceFile& file : CoreFiles()) {
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, include) || match[1] == "strata" || match[1] == "hwy") continue;
      const size_t rank = RankOf(match[1].str());
      ASSERT_LT(rank, kFolders.size()) << file.path << ": " << line;
      // Public headers know nothing of what is behind them; core/src/*.cc stands below every folder.
      ASSERT_FALSE(file.folder.empty()) << file.path << ": " << line;
      EXPECT_LE(rank, RankOf(file.folder)) << file.path << ": " << line;
    }
  }
}

TEST(LayeringTest, OnlyThePosixEnvTouchesTheOperatingSystemAndNothingPrints) {
  const std::regex system_header(
      R"re(^\s*#include <(unistd|fcntl|dirent|sys/.*|windows|fstream|filesystem|iostream|cstdio|stdio|thread|ctime|time)(\.h)?>)re");
  const std::regex printing(R"re(std::cout|std::cerr|\b(printf|fputs|puts)\()re");
  for (const SourceFile& file : CoreFiles()) {
    if (file.path.filename().string().starts_with("posix")) continue;
    for (const std::string& line : file.lines) {
      EXPECT_FALSE(std::regex_search(line, system_header)) << file.path << ": " << line;
      EXPECT_FALSE(std::regex_search(line, printing)) << file.path << ": " << line;
    }
  }
}

TEST(LayeringTest, NoFileOfTheEngineIsLongerThan500Lines) {
  for (const SourceFile& file : CoreFiles()) EXPECT_LE(file.lines.size(), 500u) << file.path;
}

}  // namespace
}  // namespace strata
