#include "text/tokenizer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

#include "text/fold_word.h"
#include "text/stop_words.h"

namespace strata {
namespace {

enum class CharKind : uint8_t { kOther, kLetter, kIdeograph };

struct CharRange {
  char32_t first;
  char32_t last;
  CharKind kind;
};

// Code points from U+0080 on that are not letters, or are words by themselves, by block; all others count as
// letters. That is coarse (a rare sign inside an alphabet's block passes for a letter) and right for running
// text, where the exact tables would weigh more than all of this.
constexpr CharRange kRanges[] = {
    {0x0080, 0x00a9, CharKind::kOther},       {0x00ab, 0x00b4, CharKind::kOther},
    {0x00b6, 0x00b9, CharKind::kOther},       {0x00bb, 0x00bf, CharKind::kOther},
    {0x00d7, 0x00d7, CharKind::kOther},       {0x00f7, 0x00f7, CharKind::kOther},
    {0x02c2, 0x02df, CharKind::kOther},       {0x037e, 0x037e, CharKind::kOther},
    {0x055a, 0x055f, CharKind::kOther},       {0x0589, 0x058f, CharKind::kOther},
    {0x05be, 0x05be, CharKind::kOther},       {0x05f3, 0x060f, CharKind::kOther},
    {0x061b, 0x061f, CharKind::kOther},       {0x066a, 0x066d, CharKind::kOther},
    {0x06d4, 0x06d4, CharKind::kOther},       {0x0964, 0x0965, CharKind::kOther},
    {0x2000, 0x206f, CharKind::kOther},       {0x20a0, 0x2bff, CharKind::kOther},
    {0x2e00, 0x2e7f, CharKind::kOther},       {0x2e80, 0x2fdf, CharKind::kIdeograph},
    {0x2ff0, 0x3004, CharKind::kOther},       {0x3005, 0x3007, CharKind::kIdeograph},
    {0x3008, 0x3030, CharKind::kOther},       {0x3041, 0x30fa, CharKind::kIdeograph},
    {0x30fb, 0x30fb, CharKind::kOther},       {0x30fc, 0x30ff, CharKind::kIdeograph},
    {0x3200, 0x33ff, CharKind::kOther},       {0x3400, 0x9fff, CharKind::kIdeograph},
    {0xe000, 0xf8ff, CharKind::kOther},       {0xf900, 0xfaff, CharKind::kIdeograph},
    {0xfe00, 0xfe6f, CharKind::kOther},       {0xfeff, 0xff0f, CharKind::kOther},
    {0xff1a, 0xff20, CharKind::kOther},       {0xff3b, 0xff40, CharKind::kOther},
    {0xff5b, 0xff65, CharKind::kOther},       {0xfff0, 0xffff, CharKind::kOther},
    {0x1d000, 0x1d3ff, CharKind::kOther},     {0x1f000, 0x1fbff, CharKind::kOther},
    {0x20000, 0x3ffff, CharKind::kIdeograph}, {0xe0000, 0x10ffff, CharKind::kOther},
};

// What an ASCII character is in a word: itself or its small letter; 0 for those that are in none.
constexpr auto kAsciiWord = [] {
  std::array<char, 0x80> table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<size_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<size_t>(c)] = table[static_cast<size_t>(c - 32)] = c;
  return table;
}();

// Of a character that is not ASCII.
CharKind KindOf(char32_t c) {
  const auto* range = std::ranges::lower_bound(kRanges, c, {}, &CharRange::last);
  return range != std::end(kRanges) && range->first <= c ? range->kind : CharKind::kLetter;
}

// Simple case mapping of the blocks where it is regular: capitals lie 32 (or, in the Cyrillic extension, 80)
// below their small letters, or alternate with them.
char32_t ToLower(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c < 0xc0) return c;
  if (c <= 0xde) return c == 0xd7 ? c : c + 32;
  if (c >= 0x100 && c <= 0x137) return c == 0x130 ? U'i' : c | 1;
  if (c >= 0x139 && c <= 0x148) return c % 2 == 1 ? c + 1 : c;
  if (c >= 0x14a && c <= 0x177) return c | 1;
  if (c == 0x178) return 0xff;
  if (c >= 0x179 && c <= 0x17e) return c % 2 == 1 ? c + 1 : c;
  if (c >= 0x391 && c <= 0x3a9) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  return c;
}

// The code point that begins at `at`, which moves past it. The text is well-formed.
char32_t ReadUtf8(std::string_view text, size_t& at) {
  const auto first = static_cast<uint8_t>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  char32_t c = first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) c = c << 6 | (static_cast<uint8_t>(text[at++]) & 0x3f);
  return c;
}

void AppendUtf8(std::string& to, char32_t c) {
  const auto tail = [&](int shift) { to += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    to += static_cast<char>(c);
  } else if (c < 0x800) {
    to += static_cast<char>(0xc0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    to += static_cast<char>(0xe0 | c >> 12);
    tail(6), tail(0);
  } else {
    to += static_cast<char>(0xf0 | c >> 18);
    tail(12), tail(6), tail(0);
  }
}

}  // namespace

bool Tokenizer::NextWord(std::string& word) {
  word.clear();
  while (at_ < text_.size()) {
    // Most texts are mostly ASCII, which needs no decoding.
    if (const auto ascii = static_cast<uint8_t>(text_[at_]); ascii < 0x80) {
      const char lower = kAsciiWord[ascii];
      if (lower == 0 && !word.empty()) return true;
      if (lower != 0 && word.size() <= kTermBytesMax) word += lower;
      ++at_;
      continue;
    }
    size_t next = at_;
    const char32_t c = ReadUtf8(text_, next);
    const CharKind kind = KindOf(c);
    if (kind == CharKind::kLetter) {
      // A run of a megabyte is read, but not kept: it will be too long for a term.
      if (word.size() <= kTermBytesMax) AppendUtf8(word, ToLower(c));
    } else {
      if (!word.empty()) return true;  // The character after it is looked at again.
      if (kind == CharKind::kIdeograph) AppendUtf8(word, c);
    }
    at_ = next;
    if (kind == CharKind::kIdeograph) return true;
  }
  return !word.empty();
}

bool Tokenizer::Next(std::string& term) {
  while (NextWord(term)) {
    if (term.size() < 2 || term.size() > kTermBytesMax) continue;
    if (stop_words_.contains(term)) continue;
    FoldWord(term);
    return true;
  }
  return false;
}

StopWords MakeStopWords(const std::optional<std::vector<std::string>>& words) {
  std::vector<std::string> stop_words;
  if (words) {
    for (const std::string& word : *words) {
      std::string lower;
      for (size_t at = 0; at < word.size();) AppendUtf8(lower, ToLower(ReadUtf8(word, at)));
      stop_words.push_back(std::move(lower));
    }
  } else {
    for (const std::string_view word : EnglishStopWords()) stop_words.emplace_back(word);
  }
  return StopWords(std::move(stop_words));
}

const StopWords& EnglishStopWordSet() {
  static const StopWords words = MakeStopWords({});
  return words;
}

}  // namespace strata
