#pragma once

#include <cstddef>
#include <cstdint>

namespace strata {

// Writes the indices i with numbers[i] <= limit to `out`, ascending, and returns how many; `out` has room for
// `count`. `count` is a multiple of kSelectAlignment. Made for few hits: what costs is one comparison a
// register.
inline constexpr size_t kSelectAlignment = 32;
size_t SelectAtMost(const uint16_t* numbers, size_t count, uint16_t limit, uint32_t* out);

}  // namespace strata
