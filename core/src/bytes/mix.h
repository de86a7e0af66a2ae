#pragma once

#include <cstdint>

namespace strata {

inline constexpr uint64_t kGoldenRatio = 0x9e3779b97f4a7c15u;

// The finalizer of SplitMix64: bits that look random, the same ones for the same x. (Steele, Lea & Flood,
// "Fast splittable pseudorandom number generators", OOPSLA 2014.)
constexpr uint64_t MixBits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace strata
