#include "bytes/utf8.h"

#include <cstddef>
#include <cstdint>

namespace strata {

bool IsUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[at + i]); };
    const uint8_t first = byte(0);
    if (first < 0x80) {
      ++at;
      continue;
    }
    const size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || bytes > text.size() - at) return false;
    for (size_t i = 1; i < bytes; ++i) {
      if ((byte(i) & 0xc0) != 0x80) return false;
    }
    // The second byte rules out what the first alone cannot: overlong forms, surrogates, and code points too
    // large.
    const uint8_t second = byte(1);
    if (first == 0xe0 && second < 0xa0) return false;
    if (first == 0xed && second > 0x9f) return false;
    if (first == 0xf0 && second < 0x90) return false;
    if (first == 0xf4 && second > 0x8f) return false;
    at += bytes;
  }
  return true;
}

}  // namespace strata
