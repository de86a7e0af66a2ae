#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata {

// English words that say little about what a text is about: articles, pronouns, prepositions, auxiliaries and
// the words questions begin with. Lower-case and as written.
std::span<const std::string_view> EnglishStopWords();

// A set of words that every word of every text is looked up in: a hash table of positions, a quarter full, so
// that most words are told apart without comparing (a tree of strings took half of the time of reading
// texts).
class StopWords {
 public:
  StopWords() : StopWords(std::vector<std::string>()) {}
  // `words` in any order; equal ones count once.
  explicit StopWords(std::vector<std::string> words);

  bool contains(std::string_view word) const {
    for (uint32_t slot = HashOf(word) & mask_;; slot = (slot + 1) & mask_) {
      if (slots_[slot] == 0) return false;
      if (words_[slots_[slot] - 1] == word) return true;
    }
  }

  // In the order of their bytes.
  const std::vector<std::string>& words() const { return words_; }

 private:
  static uint32_t HashOf(std::string_view word) {
    uint32_t hash = 2166136261u;  // FNV-1a.
    for (const char c : word) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
    return hash ^ hash >> 16;
  }

  std::vector<std::string> words_;
  std::vector<uint32_t> slots_;  // Position in words_ + 1, or 0: none.
  uint32_t mask_ = 0;            // Slots, a power of two, less one.
};

}  // namespace strata
