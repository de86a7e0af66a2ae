#include "text/fold_word.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace strata {
namespace {

// y is a vowel after a consonant.
bool IsConsonant(std::string_view word, size_t i) {
  switch (word[i]) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
      return false;
    case 'y':
      return i == 0 || !IsConsonant(word, i - 1);
    default:
      return true;
  }
}

bool HasVowel(std::string_view stem) {
  for (size_t i = 0; i < stem.size(); ++i) {
    if (!IsConsonant(stem, i)) return true;
  }
  return false;
}

// Porter's m: how often consonants follow vowels, about the number of syllables.
size_t Measure(std::string_view stem) {
  size_t m = 0;
  for (size_t i = 1; i < stem.size(); ++i) m += IsConsonant(stem, i) && !IsConsonant(stem, i - 1);
  return m;
}

// Porter's *o: consonant, vowel, consonant at the end, the last one not w, x or y. Such a stem has lost an e:
// "stor".
bool EndsShort(std::string_view stem) {
  const size_t n = stem.size();
  if (n < 3 || !IsConsonant(stem, n - 3) || IsConsonant(stem, n - 2) || !IsConsonant(stem, n - 1))
    return false;
  return stem.back() != 'w' && stem.back() != 'x' && stem.back() != 'y';
}

bool ReplaceEnd(std::string& word, std::string_view end, std::string_view with) {
  if (!word.ends_with(end)) return false;
  word.replace(word.size() - end.size(), end.size(), with);
  return true;
}

void FoldPlural(std::string& word) {
  if (word.size() < 4 || word.back() != 's') return;
  const char before = word[word.size() - 2];
  if (before == 's' || before == 'u' || before == 'i') return;  // "class", "status", "axis"
  if (word.size() > 4 && ReplaceEnd(word, "ies", "y")) return;
  for (const std::string_view end : {"xes", "ches", "shes", "sses", "zzes"}) {
    if (!word.ends_with(end)) continue;
    word.resize(word.size() - 2);
    return;
  }
  word.pop_back();
}

void FoldBritish(std::string& word) {
  if (word.size() < 6) return;
  // Further in than "hour", "source" and "journal" have it; "resource" becomes a word of its own all the
  // same.
  if (const size_t our = word.find("our", 3); our != std::string::npos) word.erase(our + 1, 1);
  for (const std::string_view end :
       {"ise", "ised", "iser", "ising", "isation", "yse", "ysed", "yser", "ysing"}) {
    if (!word.ends_with(end)) continue;
    word[word.size() - end.size() + 1] = 'z';
    break;
  }
  if (!ReplaceEnd(word, "tre", "ter")) ReplaceEnd(word, "logue", "log");
}

void FoldParticiple(std::string& word) {
  if (ReplaceEnd(word, "ied", "y")) return;
  const size_t ending = word.ends_with("ing") ? 3 : word.ends_with("ed") && !word.ends_with("eed") ? 2 : 0;
  if (ending == 0 || !HasVowel(std::string_view(word).substr(0, word.size() - ending)))
    return;  // "string", "shed"
  word.resize(word.size() - ending);
  const size_t n = word.size();
  if (n > 2 && word[n - 1] == word[n - 2] && IsConsonant(word, n - 1)) {
    // "mapp"; but "call", "pass" and "buzz". Longer words in -ll are British: "labell".
    const bool doubled_in_stem =
        word[n - 1] == 's' || word[n - 1] == 'z' || (word[n - 1] == 'l' && Measure(word) < 2);
    if (!doubled_in_stem) word.pop_back();
  } else if (word.ends_with("at") || word.ends_with("bl") || word.ends_with("iz") ||
             (EndsShort(word) && Measure(word) == 1)) {
    word += 'e';
  }
}

void FoldFinalE(std::string& word) {
  if (word.back() != 'e') return;
  const std::string_view stem = std::string_view(word).substr(0, word.size() - 1);
  const size_t m = Measure(stem);
  if (m > 1 || (m == 1 && !EndsShort(stem))) word.pop_back();
}

}  // namespace

void FoldWord(std::string& word) {
  if (word.size() < 3 || !std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; })) return;
  FoldPlural(word);
  FoldBritish(word);
  FoldParticiple(word);
  FoldFinalE(word);
}

}  // namespace strata
