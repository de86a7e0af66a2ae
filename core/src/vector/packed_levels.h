#pragma once

#include <cstddef>
#include <cstdint>

namespace strata {

// Codes of 1 to 8 bits a dimension, packed so that a few shifts and masks unpack whole vectors of them. What
// is coded comes in blocks of 128 dimensions, each of 8 groups of 16; a block takes 16 bytes a bit. The bits
// of a level are cut into parts of 8, 4, 2 and 1 bits (6 bits: 4 and 2), lowest first, and a block holds one
// part after the other:
//
//   8 bits  group g in bytes 16 g to 16 g + 15
//   4 bits  4 times 16 bytes: byte vector v holds group v in its low and group v + 4 in its high halves
//   2 bits  2 times 16 bytes: byte vector v holds groups v, v + 2, v + 4, v + 6, from the lowest bits up
//   1 bit   16 bytes: group g in bit g
inline constexpr size_t kPackedBlock = 128;

constexpr size_t PackedBytes(size_t dimension, uint32_t bits) {
  return dimension / kPackedBlock * (kPackedBlock / 8) * bits;
}

// Packs `dimension` levels, a multiple of kPackedBlock, of `bits` bits each into `code`; and back.
void PackLevels(const uint8_t* levels, size_t dimension, uint32_t bits, uint8_t* code);
void UnpackLevels(const uint8_t* code, size_t dimension, uint32_t bits, uint8_t* levels);

// Packs bit `bit` of each number as levels of one bit.
void PackBit(const int8_t* numbers, size_t dimension, uint32_t bit, uint8_t* code);

}  // namespace strata
