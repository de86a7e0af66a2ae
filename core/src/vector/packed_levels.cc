#include "vector/packed_levels.h"

#include <algorithm>

namespace strata {
namespace {

constexpr size_t kLanes = 16;

// Calls visit(first byte of the code, bit of those bytes, first level, lowest bit of the part in a level,
// width) for each part of each group of 16 levels: lane l is in byte first + l.
template <typename Visit>
void VisitParts(size_t dimension, uint32_t bits, Visit&& visit) {
  size_t byte = 0;
  for (size_t block = 0; block < dimension; block += kPackedBlock) {
    uint32_t low = 0;
    for (uint32_t width = 8; width > 0; width /= 2) {
      if ((bits & width) == 0) continue;
      const size_t vectors = width;  // Of 16 bytes: as many as the part has bits.
      for (size_t group = 0; group < kPackedBlock / kLanes; ++group) {
        visit(byte + group % vectors * kLanes, static_cast<uint32_t>(group / vectors) * width,
              block + group * kLanes, low, width);
      }
      byte += vectors * kLanes;
      low += width;
    }
  }
}

}  // namespace

void PackBit(const int8_t* numbers, size_t dimension, uint32_t bit, uint8_t* code) {
  const auto mask = static_cast<uint8_t>(1u << bit);
  for (size_t block = 0; block < dimension; block += kPackedBlock, code += kLanes) {
    std::fill(code, code + kLanes, uint8_t{0});
    for (size_t group = 0; group < kPackedBlock / kLanes; ++group) {
      const auto one = static_cast<uint8_t>(1u << group);
      const int8_t* const lanes = numbers + block + group * kLanes;
      for (size_t lane = 0; lane < kLanes; ++lane)
        code[lane] |= (static_cast<uint8_t>(lanes[lane]) & mask) != 0 ? one : uint8_t{0};
    }
  }
}

void PackLevels(const uint8_t* levels, size_t dimension, uint32_t bits, uint8_t* code) {
  std::fill(code, code + PackedBytes(dimension, bits), uint8_t{0});
  VisitParts(dimension, bits, [&](size_t byte, uint32_t bit, size_t level, uint32_t low, uint32_t width) {
    const uint32_t mask = (1u << width) - 1;
    for (size_t lane = 0; lane < kLanes; ++lane)
      code[byte + lane] |= static_cast<uint8_t>((levels[level + lane] >> low & mask) << bit);
  });
}

void UnpackLevels(const uint8_t* code, size_t dimension, uint32_t bits, uint8_t* levels) {
  std::fill(levels, levels + dimension, uint8_t{0});
  VisitParts(dimension, bits, [&](size_t byte, uint32_t bit, size_t level, uint32_t low, uint32_t width) {
    const uint32_t mask = (1u << width) - 1;
    for (size_t lane = 0; lane < kLanes; ++lane)
      levels[level + lane] |= static_cast<uint8_t>((code[byte + lane] >> bit & mask) << low);
  });
}

}  // namespace strata
