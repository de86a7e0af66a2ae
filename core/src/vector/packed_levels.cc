#include "vector/packed_levels.h"

#include <algorithm>

namespace strata {
namespace {

// Where a level's parts lie: calls visit(byte of the code, bit of that byte, lowest bit of the part in the
// level, width) for each part of level i.
template <typename Visit>
void VisitParts(size_t i, uint32_t bits, Visit&& visit) {
  size_t byte = i / kPackedBlock * PackedBytes(kPackedBlock, bits) + i % 16;
  const size_t group = i % kPackedBlock / 16;
  uint32_t low = 0;
  for (uint32_t width = 8; width > 0; width /= 2) {
    if ((bits & width) == 0) continue;
    const size_t vectors = width;  // Byte vectors of a part: as many as it has bits.
    visit(byte + group % vectors * 16, static_cast<uint32_t>(group / vectors) * width, low, width);
    byte += vectors * 16;
    low += width;
  }
}

}  // namespace

void PackLevels(const uint8_t* levels, size_t dimension, uint32_t bits, uint8_t* code) {
  std::fill(code, code + PackedBytes(dimension, bits), uint8_t{0});
  for (size_t i = 0; i < dimension; ++i) {
    VisitParts(i, bits, [&](size_t byte, uint32_t bit, uint32_t low, uint32_t width) {
      code[byte] |= static_cast<uint8_t>((levels[i] >> low & ((1u << width) - 1)) << bit);
    });
  }
}

void UnpackLevels(const uint8_t* code, size_t dimension, uint32_t bits, uint8_t* levels) {
  for (size_t i = 0; i < dimension; ++i) {
    levels[i] = 0;
    VisitParts(i, bits, [&](size_t byte, uint32_t bit, uint32_t low, uint32_t width) {
      levels[i] |= static_cast<uint8_t>((code[byte] >> bit & ((1u << width) - 1)) << low);
    });
  }
}

}  // namespace strata
