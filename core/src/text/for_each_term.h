#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bytes/utf8.h"
#include "text/tokenizer.h"

namespace strata {

// Calls visit(const std::string& term) for each term of a record's text, in order, and returns how many there
// are. Texts are checked when they are written, but a file may hold anything: what is not UTF-8 has no terms.
template <typename Visit>
uint32_t ForEachTerm(std::string_view text, Visit&& visit) {
  if (!IsUtf8(text)) return 0;
  uint32_t count = 0;
  Tokenizer tokenizer(text, EnglishStopWordSet());
  for (std::string term; tokenizer.Next(term); ++count) visit(term);
  return count;
}

}  // namespace strata
