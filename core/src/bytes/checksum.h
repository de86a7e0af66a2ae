#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace strata {

// XXH3-64 of `bytes`, seeded. The same number in every build: SIMD changes its speed, not its value. It finds
// accidents (a flipped bit, a torn or misplaced block), not forgeries. A seed ties bytes to their place, so
// that right bytes in the wrong place are noticed: the checksum of what surrounds them, or their offset.
//
// Collet, "XXH3", https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md. About 10 GB/s natively.
uint64_t Checksum(std::span<const std::byte> bytes, uint64_t seed = 0);

}  // namespace strata
