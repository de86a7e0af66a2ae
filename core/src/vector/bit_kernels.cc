#include "vector/bit_kernels.h"

#include <algorithm>
#include <bit>

// Counts bits in one instruction where the machine can; Highway leaves this set out unless asked.
#define HWY_WANT_AVX3_DL 1
// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/bit_kernels.cc"
#include "hwy/cache_control.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR  // Machines older than SSSE3.

int32_t BitDot(const uint8_t* planes, const uint8_t* row, size_t bytes) {
  constexpr int32_t kWeight[kQueryPlanes] = {1, 2, 4, -8};
  int32_t sum = 0;
  for (size_t i = 0; i < bytes; ++i) {
    for (size_t plane = 0; plane < kQueryPlanes; ++plane)
      sum += kWeight[plane] * std::popcount(static_cast<uint8_t>(row[i] & planes[plane * bytes + i]));
  }
  return sum;
}

template <int kBits>
int32_t PackedDot(const int8_t* query, const uint8_t* row, size_t bytes) {
  uint8_t levels[kPackedBlock];
  int32_t sum = 0;
  for (size_t i = 0; i < bytes; i += PackedBytes(kPackedBlock, kBits), query += kPackedBlock) {
    UnpackLevels(row + i, kPackedBlock, kBits, levels);
    for (size_t j = 0; j < kPackedBlock; ++j) sum += int32_t{query[j]} * levels[j];
  }
  return sum;
}

#else

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
inline constexpr size_t kBitStep = 64;
#elif HWY_TARGET == HWY_AVX2
inline constexpr size_t kBitStep = 32;
#else
inline constexpr size_t kBitStep = 16;
#endif

using BitTag = hn::FixedTag<uint8_t, kBitStep>;
using BitBytes = hn::Vec<BitTag>;
using BitSums = hn::Vec<hn::Repartition<int32_t, BitTag> >;

// What is left of a code behind its last whole step, then zeros. Codes are multiples of 16 bytes.
HWY_INLINE BitBytes LoadRest([[maybe_unused]] const uint8_t* p, [[maybe_unused]] size_t bytes) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return hn::MaskedLoad(hn::FirstN(BitTag(), bytes), BitTag(), p);
#elif HWY_TARGET == HWY_AVX2
  return hn::ZeroExtendVector(BitTag(), hn::LoadU(hn::Half<BitTag>(), p));
#else
  return hn::Zero(BitTag());
#endif
}

// Adds up neighbouring bytes: at most 31 * 8 each.
HWY_INLINE hn::Vec<hn::Repartition<int16_t, BitTag> > PairSums(BitBytes counts) {
  const hn::Repartition<uint16_t, BitTag> words;
  const auto pairs = hn::BitCast(words, counts);
  return hn::BitCast(hn::Repartition<int16_t, BitTag>(),
                     hn::Add(hn::And(pairs, hn::Set(words, 0xff)), hn::ShiftRight<8>(pairs)));
}

HWY_INLINE int32_t BitDot(const uint8_t* HWY_RESTRICT planes, const uint8_t* HWY_RESTRICT row, size_t bytes) {
  constexpr size_t kStepsMax = 31;  // Before a count of 8 a step leaves its byte.
  const BitTag tag;
  const hn::Repartition<int32_t, BitTag> longs;
  BitSums total = hn::Zero(longs);
  for (size_t i = 0; i < bytes;) {
    BitBytes count0 = hn::Zero(tag), count1 = count0, count2 = count0, count3 = count0;
    const auto add = [&](size_t at, auto load) HWY_ATTR {
      const BitBytes ones = load(row + at);
      count0 = hn::Add(count0, hn::PopulationCount(hn::And(ones, load(planes + at))));
      count1 = hn::Add(count1, hn::PopulationCount(hn::And(ones, load(planes + bytes + at))));
      count2 = hn::Add(count2, hn::PopulationCount(hn::And(ones, load(planes + 2 * bytes + at))));
      count3 = hn::Add(count3, hn::PopulationCount(hn::And(ones, load(planes + 3 * bytes + at))));
    };
    const size_t whole_end = i + std::min(kStepsMax - 1, (bytes - i) / kBitStep) * kBitStep;
    for (; i < whole_end; i += kBitStep)
      add(i, [](const uint8_t* p) HWY_ATTR { return hn::LoadU(BitTag(), p); });
    if (bytes - i < kBitStep) {
      if (kBitStep > 16 && i < bytes)
        add(i, [=](const uint8_t* p) HWY_ATTR { return LoadRest(p, bytes - i); });
      i = bytes;
    }
    const auto positive = hn::Add(
        PairSums(count0), hn::Add(hn::ShiftLeft<1>(PairSums(count1)), hn::ShiftLeft<2>(PairSums(count2))));
    const auto pairs = hn::BitCast(longs, hn::Sub(positive, hn::ShiftLeft<3>(PairSums(count3))));
    total = hn::Add(total, hn::Add(hn::ShiftRight<16>(pairs), hn::ShiftRight<16>(hn::ShiftLeft<16>(pairs))));
  }
  return hn::GetLane(hn::SumOfLanes(longs, total));
}

// Levels of 2 to 8 bits, unpacked kStep at a time: kStep / 16 groups.
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
inline constexpr size_t kStep = 32;
#else
inline constexpr size_t kStep = 16;
#endif

using LevelTag = hn::FixedTag<uint8_t, kStep>;
using Levels = hn::Vec<LevelTag>;
using Sums = hn::Vec<hn::FixedTag<int32_t, kStep / 4> >;

// The field of `kWidth` bits at bit kFrom of each byte, at bit kTo.
template <int kWidth, int kFrom, int kTo>
HWY_INLINE Levels Field(Levels bytes) {
  const hn::Repartition<uint16_t, LevelTag> words;
  const auto mask = hn::Set(LevelTag(), static_cast<uint8_t>(((1 << kWidth) - 1) << kTo));
  if constexpr (kFrom > kTo) {
    bytes = hn::BitCast(LevelTag(), hn::ShiftRight<kFrom - kTo>(hn::BitCast(words, bytes)));
  } else if constexpr (kFrom < kTo) {
    bytes = hn::BitCast(LevelTag(), hn::ShiftLeft<kTo - kFrom>(hn::BitCast(words, bytes)));
  }
  return hn::And(bytes, mask);
}

// The part of one bit: on wide vectors the upper half is moved so that one shift serves both groups.
HWY_INLINE Levels LoadBits(const uint8_t* p) {
  const hn::FixedTag<uint8_t, 16> narrow;
  const auto bits = hn::LoadU(narrow, p);
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return hn::Combine(LevelTag(), hn::ShiftRight<1>(bits), bits);
#else
  return bits;
#endif
}

// Levels kIndex * kStep and following of the block.
template <int kBits, int kIndex>
HWY_INLINE Levels Unpack(const uint8_t* block) {
  const LevelTag tag;
  if constexpr (kBits == 8) {
    return hn::LoadU(tag, block + kIndex * kStep);
  } else {
    constexpr int kGroup = kIndex * (kStep / 16);
    Levels levels = hn::Zero(tag);
    if constexpr (kBits & 4) {
      levels = Field<4, kGroup / 4 * 4, 0>(hn::LoadU(tag, block + kGroup % 4 * 16));
      block += 64;
    }
    if constexpr (kBits & 2) {
      levels = hn::Or(levels, Field<2, kGroup / 2 * 2, (kBits & 4)>(hn::LoadU(tag, block + kGroup % 2 * 16)));
      block += 32;
    }
    if constexpr (kBits & 1) levels = hn::Or(levels, Field<1, kGroup, (kBits & 6)>(LoadBits(block)));
    return levels;
  }
}

// sum + the products of levels and query, in any order of lanes.
template <int kBits>
HWY_INLINE Sums AddProducts(Sums sum, Levels levels, const int8_t* query) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  const __m256i q = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query));
  const __m256i pairs = _mm256_maddubs_epi16(levels.raw, q);
  return Sums{_mm256_add_epi32(sum.raw, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))};
#elif HWY_TARGET == HWY_WASM
  const v128_t q = wasm_v128_load(query);
#if defined(__wasm_relaxed_simd__)
  // Its second operand has seven bits.
  if constexpr (kBits < 8) return Sums{wasm_i32x4_relaxed_dot_i8x16_i7x16_add(q, levels.raw, sum.raw)};
#endif
  const v128_t low =
      wasm_i32x4_dot_i16x8(wasm_u16x8_extend_low_u8x16(levels.raw), wasm_i16x8_extend_low_i8x16(q));
  const v128_t high =
      wasm_i32x4_dot_i16x8(wasm_u16x8_extend_high_u8x16(levels.raw), wasm_i16x8_extend_high_i8x16(q));
  return Sums{wasm_i32x4_add(sum.raw, wasm_i32x4_add(low, high))};
#else
  const hn::FixedTag<int16_t, kStep / 2> words;
  const hn::FixedTag<int32_t, kStep / 4> longs;
  const auto q = hn::LoadU(hn::FixedTag<int8_t, kStep>(), query);
  const hn::Half<hn::FixedTag<int8_t, kStep> > half;
  const hn::Half<LevelTag> half_levels;
  Sums odd = hn::Zero(longs);
  sum = hn::ReorderWidenMulAccumulate(longs, hn::PromoteTo(words, hn::LowerHalf(half_levels, levels)),
                                      hn::PromoteTo(words, hn::LowerHalf(half, q)), sum, odd);
  sum = hn::ReorderWidenMulAccumulate(longs, hn::PromoteTo(words, hn::UpperHalf(half_levels, levels)),
                                      hn::PromoteTo(words, hn::UpperHalf(half, q)), sum, odd);
  return hn::Add(sum, odd);
#endif
}

template <int kBits, int kIndex = 0>
HWY_INLINE Sums AddBlock(Sums sum, const uint8_t* block, const int8_t* query) {
  sum = AddProducts<kBits>(sum, Unpack<kBits, kIndex>(block), query + kIndex * kStep);
  if constexpr ((kIndex + 1) * kStep < kPackedBlock) return AddBlock<kBits, kIndex + 1>(sum, block, query);
  return sum;
}

template <int kBits>
HWY_INLINE int32_t PackedDot(const int8_t* query, const uint8_t* row, size_t bytes) {
  const hn::FixedTag<int32_t, kStep / 4> longs;
  Sums sum = hn::Zero(longs);
  for (size_t i = 0; i < bytes; i += PackedBytes(kPackedBlock, kBits), query += kPackedBlock)
    sum = AddBlock<kBits>(sum, row + i, query);
  return hn::GetLane(hn::SumOfLanes(longs, sum));
}

#endif  // HWY_TARGET == HWY_SCALAR

// out[i] = dot(code of rows[i]). Codes are so short, and so quickly done with, that memory is what is waited
// for: those of the rows to come are asked for ahead.
template <typename Dot>
HWY_INLINE void ForRows(const CodeTable& table, std::span<const Row> rows, int32_t* out, Dot dot) {
  constexpr size_t kAhead = 6;
  constexpr size_t kLineBytes = 64;
  constexpr size_t kAskedMax = 4 * kLineBytes;  // The machine itself goes on with what lies behind.
  const size_t asked = std::min(table.stride, kAskedMax);
  const auto ask = [&](size_t i) {
    const uint8_t* const code = table.bytes + size_t{rows[i]} * table.stride;
    for (size_t at = 0; at < asked; at += kLineBytes) hwy::Prefetch(code + at);
  };
  for (size_t i = 0; i < std::min(kAhead, rows.size()); ++i) ask(i);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + kAhead < rows.size()) ask(i + kAhead);
    out[i] = dot(table.bytes + size_t{rows[i]} * table.stride);
  }
}

void BitDots(const uint8_t* planes, const CodeTable& table, std::span<const Row> rows, int32_t* out) {
  ForRows(table, rows, out,
          [=](const uint8_t* code) HWY_ATTR { return BitDot(planes, code, table.code_bytes); });
}

template <int kBits>
void PackedDotsOf(const int8_t* query, const CodeTable& table, std::span<const Row> rows, int32_t* out) {
  ForRows(table, rows, out,
          [=](const uint8_t* code) HWY_ATTR { return PackedDot<kBits>(query, code, table.code_bytes); });
}

void PackedDots(const int8_t* query, uint32_t bits, const CodeTable& table, std::span<const Row> rows,
                int32_t* out) {
  switch (bits) {
    case 2:
      return PackedDotsOf<2>(query, table, rows, out);
    case 3:
      return PackedDotsOf<3>(query, table, rows, out);
    case 4:
      return PackedDotsOf<4>(query, table, rows, out);
    case 5:
      return PackedDotsOf<5>(query, table, rows, out);
    case 6:
      return PackedDotsOf<6>(query, table, rows, out);
    case 7:
      return PackedDotsOf<7>(query, table, rows, out);
    default:
      return PackedDotsOf<8>(query, table, rows, out);
  }
}

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(BitDots);
HWY_EXPORT(PackedDots);

void BitDots(const uint8_t* planes, const CodeTable& table, std::span<const Row> rows, int32_t* out) {
  HWY_DYNAMIC_DISPATCH(BitDots)(planes, table, rows, out);
}

void PackedDots(const int8_t* query, uint32_t bits, const CodeTable& table, std::span<const Row> rows,
                int32_t* out) {
  HWY_DYNAMIC_DISPATCH(PackedDots)(query, bits, table, rows, out);
}

}  // namespace strata
#endif  // HWY_ONCE
