#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace strata {

// Rows that are scanned together. Two bytes shuffles of 16 lanes look all of them up in a table of 16
// numbers.
inline constexpr size_t kScanRows = 32;

// Numbers in scan tables have seven bits: two of them are added as bytes before they are widened, which
// halves the widening, and that is half of the work.
inline constexpr uint8_t kScanEntryMax = 127;

// The two tables for the two 4-bit codes of one byte. Some bytes may be looked up more than once, in further
// pairs: that is how a code comes by numbers larger than kScanEntryMax.
struct ScanTablePair {
  uint8_t low[16];   // For the code in bits 0 to 3.
  uint8_t high[16];  // For the code in bits 4 to 7.
};

// So many pairs that a row's sum fits 16 bits whatever the tables hold.
inline constexpr size_t kScanPairsMax = 256;
static_assert(kScanPairsMax * 2 * kScanEntryMax <= UINT16_MAX);

struct ScanTables {
  std::span<const ScanTablePair> pairs;  // At most kScanPairsMax.
  std::span<const uint16_t> byte_of;     // Of each pair: the byte of a row's code that it looks up.
};

// sums[32 * b + r] = the sum over all pairs of what row r of block b has in them.
//
//   blocks  (block_count, code_bytes, kScanRows)  byte i of 32 rows' codes, then byte i + 1 of them, ...
//
// A table of 16 bytes is one register and looking up 16 codes in it is one instruction (pshufb, tbl,
// i8x16.swizzle), where a look-up in memory takes one for each code: Andre, Kermarrec & Le Scouarnec, "Cache
// locality is not enough: High-performance nearest neighbor search with product quantization fast scan", VLDB
// 9(4), 2015, and "Quicker ADC", TPAMI 43(5), 2021, arXiv:1812.09162.
void ScanBlocks(const ScanTables& tables, const uint8_t* blocks, size_t block_count, size_t code_bytes,
                uint16_t* sums);

// Makes a block of the codes of 32 rows that lie anywhere: code_bytes each, a multiple of 16.
void InterleaveRows(const uint8_t* const* rows, size_t code_bytes, uint8_t* block);

}  // namespace strata
