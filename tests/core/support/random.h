#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace strata {

// Seeded random numbers that are the same on every platform (the distributions of <random> are not). A failed
// expectation made while one lives prints its seed.
class Random {
 public:
  explicit Random(uint64_t seed, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : trace_(file, line, "random seed " + std::to_string(seed)), state_(seed) {}

  // SplitMix64. Steele, Lea & Flood, OOPSLA 2014, figure 17.
  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }

  // One of 0..count-1.
  size_t Below(size_t count) { return static_cast<size_t>(Next() % count); }

  // In [0, 1).
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

  std::vector<std::byte> Bytes(size_t count) {
    std::vector<std::byte> bytes(count);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(Next() & 0xff);
    return bytes;
  }

 private:
  testing::ScopedTrace trace_;
  uint64_t state_;
};

}  // namespace strata
