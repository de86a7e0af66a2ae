#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "strata/message.h"

namespace strata {

// The beginning of `utf8` for an error message: cut between characters, with "..." if anything is missing.
inline std::string Excerpt(std::string_view utf8) {
  constexpr size_t kBytesMax = 48;
  if (utf8.size() <= kBytesMax) return std::string(utf8);
  size_t bytes = kBytesMax;
  while (bytes > 0 && (static_cast<unsigned char>(utf8[bytes]) & 0xc0) == 0x80) --bytes;
  return Message({utf8.substr(0, bytes), "..."});
}

}  // namespace strata
