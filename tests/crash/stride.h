#pragma once

#include <cstdint>
#include <cstdlib>

namespace strata {

// Sanitizer builds take every n-th crash point; the plain build takes all of them.
inline uint64_t CrashStride() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 17;
#else
  const char* const text = std::getenv("STRATA_CRASH_STRIDE");
  return text ? std::strtoull(text, nullptr, 10) : 1;
#endif
}

}  // namespace strata
