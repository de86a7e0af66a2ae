#pragma once

#include <span>
#include <string_view>

namespace strata {

// English words that say little about what a text is about: articles, pronouns, prepositions, auxiliaries and
// the words questions begin with. Lower-case and as written.
std::span<const std::string_view> EnglishStopWords();

}  // namespace strata
