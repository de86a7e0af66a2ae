#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/stop_words.h"

namespace strata {

// Raise it when Tokenizer or FoldWord() change what they make of a text: text models and text indexes hold
// what they made.
inline constexpr uint32_t kTokenizerVersion = 1;

// Cuts a text into terms, in order.
//
// A word is a run of letters, digits and combining marks of any script. An ideograph or kana is a word by
// itself, since the languages they write put no spaces between words. Words are lower-cased (basic Latin,
// Latin-1, Latin Extended-A, Greek, Cyrillic), left out if they are stop words, a single ASCII character or
// longer than kTermBytesMax bytes (keys and hashes), and then brought to one form by FoldWord().
//
// The text is UTF-8 that has been checked (bytes/utf8.h). O(bytes) in all.
class Tokenizer {
 public:
  static constexpr size_t kTermBytesMax = 40;

  // Both outlive this.
  Tokenizer(std::string_view text, const StopWords& stop_words) : text_(text), stop_words_(stop_words) {}

  // Puts the next term into `term`; false at the end.
  bool Next(std::string& term);

 private:
  bool NextWord(std::string& word);

  std::string_view text_;
  const StopWords& stop_words_;
  size_t at_ = 0;
};

// `words`, lower-cased; the built-in English list if there are none.
StopWords MakeStopWords(const std::optional<std::vector<std::string>>& words);

// The built-in list, made once.
const StopWords& EnglishStopWordSet();

}  // namespace strata
