#pragma once

#include <string_view>

namespace strata {

// Whether `text` is well-formed UTF-8: no overlong form, no surrogate (U+D800..U+DFFF), nothing above
// U+10FFFF, no cut sequence. The Unicode Standard 15.0, table 3-7. O(bytes).
bool IsUtf8(std::string_view text);

}  // namespace strata
