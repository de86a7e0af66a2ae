#pragma once

#include <cstdint>

namespace strata {

// Number `n` of the stream of random numbers that `seed` begins: the same on every machine, and any of them
// without those before. SplitMix64: Steele, Lea & Flood, "Fast Splittable Pseudorandom Number Generators",
// OOPSLA 2014, figure 17.
constexpr uint64_t RandomBits(uint64_t seed, uint64_t n) {
  uint64_t x = seed + 0x9e3779b97f4a7c15u * (n + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace strata
