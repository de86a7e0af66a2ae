#include "vector/fast_scan.h"

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/fast_scan.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR  // What is left for processors without byte shuffles.

void ScanBlocks(const ScanTables& tables, const uint8_t* blocks, size_t block_count, size_t code_bytes,
                uint16_t* sums) {
  for (size_t b = 0; b < block_count; ++b, blocks += code_bytes * kScanRows, sums += kScanRows) {
    for (size_t row = 0; row < kScanRows; ++row) {
      unsigned sum = 0;
      for (size_t t = 0; t < tables.pairs.size(); ++t) {
        const uint8_t code = blocks[tables.byte_of[t] * kScanRows + row];
        sum += tables.pairs[t].low[code & 15] + tables.pairs[t].high[code >> 4];
      }
      sums[row] = static_cast<uint16_t>(sum);
    }
  }
}

void InterleaveRows(const uint8_t* const* rows, size_t code_bytes, uint8_t* block) {
  for (size_t row = 0; row < kScanRows; ++row) {
    for (size_t i = 0; i < code_bytes; ++i) block[i * kScanRows + row] = rows[row][i];
  }
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::CappedTag<uint8_t, kScanRows>;
using Words = hn::Repartition<uint16_t, Bytes>;
inline constexpr size_t kLanes = hn::MaxLanes(Bytes());
inline constexpr size_t kParts = kScanRows / kLanes;  // Registers for one byte of all rows.

#if HWY_TARGET == HWY_WASM && defined(__wasm_relaxed_simd__)
// Indices are below 16, so it is no matter what the instruction makes of others.
HWY_INLINE hn::Vec<Bytes> LookUp(hn::Vec<Bytes> table, hn::Vec<Bytes> index) {
  return hn::Vec<Bytes>{wasm_i8x16_relaxed_swizzle(table.raw, index.raw)};
}
#else
HWY_INLINE hn::Vec<Bytes> LookUp(hn::Vec<Bytes> table, hn::Vec<Bytes> index) {
  return hn::TableLookupBytes(table, index);
}
#endif

// `even` holds the sums of rows 0, 2, .. of a part and `odd` those of rows 1, 3, ..
template <typename V>
HWY_INLINE void StoreSums(V even, V odd, uint16_t* sums) {
  const hn::DFromV<V> words;
  if constexpr (hn::MaxLanes(hn::DFromV<V>()) > 8) {  // Interleaving stays within 128 bits.
    const hn::Half<hn::DFromV<V> > half;
    StoreSums(hn::LowerHalf(half, even), hn::LowerHalf(half, odd), sums);
    StoreSums(hn::UpperHalf(half, even), hn::UpperHalf(half, odd), sums + 16);
  } else {
    hn::StoreU(hn::InterleaveLower(words, even, odd), words, sums);
    hn::StoreU(hn::InterleaveUpper(words, even, odd), words, sums + 8);
  }
}

void ScanBlocks(const ScanTables& tables, const uint8_t* blocks, size_t block_count, size_t code_bytes,
                uint16_t* sums) {
  const Bytes bytes;
  const Words words;
  const auto low_bits = hn::Set(bytes, uint8_t{15});
  for (size_t b = 0; b < block_count; ++b, blocks += code_bytes * kScanRows, sums += kScanRows) {
    // `all` adds the bytes as pairs, the odd one 256-fold; `odd` the odd ones alone. Both wrap around, and
    // the difference at the end is right nevertheless.
    hn::Vec<Words> all[kParts], odd[kParts];
    for (size_t p = 0; p < kParts; ++p) all[p] = odd[p] = hn::Zero(words);
    for (size_t t = 0; t < tables.pairs.size(); ++t) {
      const auto low = hn::LoadDup128(bytes, tables.pairs[t].low);
      const auto high = hn::LoadDup128(bytes, tables.pairs[t].high);
      const uint8_t* const codes = blocks + size_t{tables.byte_of[t]} * kScanRows;
      for (size_t p = 0; p < kParts; ++p) {
        const auto code = hn::LoadU(bytes, codes + p * kLanes);
        const auto code_above = hn::BitCast(bytes, hn::ShiftRight<4>(hn::BitCast(words, code)));
        const auto numbers =
            hn::Add(LookUp(low, hn::And(code, low_bits)), LookUp(high, hn::And(code_above, low_bits)));
        all[p] = hn::Add(all[p], hn::BitCast(words, numbers));
        odd[p] = hn::Add(odd[p], hn::ShiftRight<8>(hn::BitCast(words, numbers)));
      }
    }
    for (size_t p = 0; p < kParts; ++p) {
      const auto even = hn::Sub(all[p], hn::ShiftLeft<8>(odd[p]));
      StoreSums(even, odd[p], sums + p * kLanes);
    }
  }
}

// Four rounds of interleaving row i with row i + 8 transpose a square of 16 x 16 bytes.
void InterleaveRows(const uint8_t* const* rows, size_t code_bytes, uint8_t* block) {
  const hn::FixedTag<uint8_t, 16> bytes;
  using Square = hn::Vec<hn::FixedTag<uint8_t, 16> >[16];
  for (size_t half = 0; half < kScanRows; half += 16) {
    for (size_t i = 0; i < code_bytes; i += 16) {
      Square a, b;
      const auto round = [&bytes](const Square& from, Square& to) HWY_ATTR {
        for (size_t r = 0; r < 8; ++r) {
          to[2 * r] = hn::InterleaveLower(bytes, from[r], from[r + 8]);
          to[2 * r + 1] = hn::InterleaveUpper(bytes, from[r], from[r + 8]);
        }
      };
      for (size_t r = 0; r < 16; ++r) a[r] = hn::LoadU(bytes, rows[half + r] + i);
      round(a, b);
      round(b, a);
      round(a, b);
      round(b, a);
      for (size_t r = 0; r < 16; ++r) hn::StoreU(a[r], bytes, block + (i + r) * kScanRows + half);
    }
  }
}

#endif

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(ScanBlocks);
HWY_EXPORT(InterleaveRows);

void ScanBlocks(const ScanTables& tables, const uint8_t* blocks, size_t block_count, size_t code_bytes,
                uint16_t* sums) {
  HWY_DYNAMIC_DISPATCH(ScanBlocks)(tables, blocks, block_count, code_bytes, sums);
}
void InterleaveRows(const uint8_t* const* rows, size_t code_bytes, uint8_t* block) {
  HWY_DYNAMIC_DISPATCH(InterleaveRows)(rows, code_bytes, block);
}

}  // namespace strata
#endif  // HWY_ONCE
