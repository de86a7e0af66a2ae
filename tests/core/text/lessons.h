#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "source_dir.h"

namespace strata {

struct Passage {
  std::string page;
  std::string text;
};

inline std::string ReadTextFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// One passage per section, heading included. Every section of the lessons is short enough for that.
inline std::vector<Passage> ReadLessons() {
  std::vector<std::filesystem::path> pages;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(STRATA_SOURCE_DIR) / "docs/lessons")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".md") && name != "README.md") pages.push_back(entry.path());
  }
  std::ranges::sort(pages);
  constexpr std::string_view kHeading = "\n## ";
  std::vector<Passage> passages;
  for (const auto& page : pages) {
    const std::string text = ReadTextFile(page);
    for (size_t at = text.find(kHeading); at != std::string::npos;) {
      const size_t begin = at + kHeading.size();
      at = text.find(kHeading, begin);
      passages.push_back(
          {page.filename().string(), text.substr(begin, at == std::string::npos ? at : at - begin)});
    }
  }
  return passages;
}

struct Question {
  std::string line;  // Of questions.jsonl: also names the pages that answer.
  std::string text;

  bool IsAnsweredBy(const std::string& page) const {
    return line.find('"' + page + '"') != std::string::npos;
  }
};

inline std::vector<Question> ReadQuestions() {
  std::ifstream file(std::string(STRATA_SOURCE_DIR) + "/docs/lessons/questions.jsonl");
  constexpr std::string_view kKey = "\"question\":\"";
  std::vector<Question> questions;
  for (std::string line; std::getline(file, line);) {
    const size_t begin = line.find(kKey) + kKey.size();
    questions.push_back({line, line.substr(begin, line.find('"', begin) - begin)});
  }
  return questions;
}

}  // namespace strata
