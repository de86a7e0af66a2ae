#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>

namespace strata {

// Fixed-width numbers in files are little endian. So are all machines we build for, WebAssembly included; a
// port to another kind stops here, at compile time.
static_assert(std::endian::native == std::endian::little);

template <std::unsigned_integral T>
T LoadLittleEndian(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

template <std::unsigned_integral T>
void StoreLittleEndian(T value, std::byte* to) {
  std::memcpy(to, &value, sizeof(T));
}

}  // namespace strata
