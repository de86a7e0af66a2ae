#pragma once

#include <cstddef>
#include <cstdint>

namespace strata {

// SIMD loads of this size straddle no cache line if they begin at a multiple of it.
inline constexpr size_t kSimdAlignment = 16;
// What to allocate beyond that size, so that AlignUp() stays inside: Emscripten's malloc aligns to 8 bytes
// only, and the operator new that aligns more brings 3 kB of code along.
inline constexpr size_t kAlignmentSlack =
    kSimdAlignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__ ? kSimdAlignment - __STDCPP_DEFAULT_NEW_ALIGNMENT__ : 0;

// The first multiple of kSimdAlignment at or after `address`.
template <typename Byte>
Byte* AlignUp(Byte* address) {
  static_assert(sizeof(Byte) == 1);
  const auto number = reinterpret_cast<uintptr_t>(address);
  return address + (kSimdAlignment - number % kSimdAlignment) % kSimdAlignment;
}

}  // namespace strata
