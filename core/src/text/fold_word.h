#pragma once

#include <string>

namespace strata {

// Brings the forms of an English word to one spelling: "stores", "stored" and "storing" become "store". The
// result need not be a word: "caches" and "caching" become "cach". Words with anything but a-z in them stay
// as they are.
//
// The inflections only (plural, -ed, -ing, final e and y): steps 1 and 5 of Porter, "An algorithm for suffix
// stripping", Program 14(3), 1980. His steps 2 to 4, which also join "relation" and "relative", found no more
// of the right passages when measured (docs/embedding.md). In addition, British spelling becomes American.
void FoldWord(std::string& word);

}  // namespace strata
