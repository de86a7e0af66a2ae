#include "vector/code_kernels.h"

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/code_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// AddProducts: sum + the products of the bytes of a and b, in any order of lanes. Highway 1.0.3 has no dot
// product of bytes, so the instructions are named here for the sets that have one; the rest widen to 16 bits.
#if HWY_TARGET == HWY_WASM

using Sum = v128_t;
using Bytes = v128_t;
inline constexpr size_t kStep = 16;

HWY_INLINE Sum ZeroSum() { return wasm_i32x4_splat(0); }
HWY_INLINE Bytes LoadBytes(const uint8_t* p) { return wasm_v128_load(p); }

#if defined(__wasm_relaxed_simd__)
// Node 20 has this instruction behind a flag, and its first compiler (Liftoff) makes zeros of it. Node 24 and
// Chromium, which have it without a flag, are right: offer this build to no engine that needs the flag.
HWY_INLINE Sum AddProducts(Sum sum, Bytes a, Bytes b) {
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(a, b, sum);
}
#else
HWY_INLINE Sum AddProducts(Sum sum, Bytes a, Bytes b) {
  const v128_t low = wasm_i32x4_dot_i16x8(wasm_u16x8_extend_low_u8x16(a), wasm_u16x8_extend_low_u8x16(b));
  const v128_t high = wasm_i32x4_dot_i16x8(wasm_u16x8_extend_high_u8x16(a), wasm_u16x8_extend_high_u8x16(b));
  return wasm_i32x4_add(sum, wasm_i32x4_add(low, high));
}
#endif

HWY_INLINE int32_t Total(Sum sum) {
  sum = wasm_i32x4_add(sum, wasm_i32x4_shuffle(sum, sum, 2, 3, 0, 1));
  sum = wasm_i32x4_add(sum, wasm_i32x4_shuffle(sum, sum, 1, 0, 3, 2));
  return wasm_i32x4_extract_lane(sum, 0);
}

#elif HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3

using Sum = __m256i;
using Bytes = __m256i;
inline constexpr size_t kStep = 32;

HWY_INLINE Sum ZeroSum() { return _mm256_setzero_si256(); }
HWY_INLINE Bytes LoadBytes(const uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
HWY_INLINE Bytes LoadHalf(const uint8_t* p) {
  return _mm256_zextsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
HWY_INLINE Sum AddProducts(Sum sum, Bytes a, Bytes b) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1)));
}
HWY_INLINE int32_t Total(Sum sum) {
  return hn::GetLane(hn::SumOfLanes(hn::FixedTag<int32_t, 8>(), hn::Vec256<int32_t>{sum}));
}

#else

using Sum = hn::Vec<hn::ScalableTag<int32_t> >;
using Bytes = hn::Vec<hn::Rebind<uint8_t, hn::ScalableTag<int16_t> > >;
inline constexpr size_t kStep = hn::MaxLanes(hn::ScalableTag<int16_t>());

HWY_INLINE Sum ZeroSum() { return hn::Zero(hn::ScalableTag<int32_t>()); }
HWY_INLINE Bytes LoadBytes(const uint8_t* p) {
  return hn::LoadU(hn::Rebind<uint8_t, hn::ScalableTag<int16_t> >(), p);
}
HWY_INLINE Sum AddProducts(Sum sum, Bytes a, Bytes b) {
  const hn::ScalableTag<int16_t> words;
  Sum odd = ZeroSum();
  sum = hn::ReorderWidenMulAccumulate(hn::ScalableTag<int32_t>(), hn::PromoteTo(words, a),
                                      hn::PromoteTo(words, b), sum, odd);
  return hn::Add(sum, odd);
}
HWY_INLINE int32_t Total(Sum sum) {
  const hn::ScalableTag<int32_t> tag;
  return hn::GetLane(hn::SumOfLanes(tag, sum));
}

#endif

template <size_t kRows>
HWY_INLINE void DotRows(const uint8_t* HWY_RESTRICT query, const uint8_t* const* rows, size_t stride,
                        int32_t* out) {
  Sum sums[kRows];
  for (Sum& sum : sums) sum = ZeroSum();
  size_t i = 0;
  for (; i + kStep <= stride; i += kStep) {
    const Bytes q = LoadBytes(query + i);
    for (size_t r = 0; r < kRows; ++r) sums[r] = AddProducts(sums[r], q, LoadBytes(rows[r] + i));
  }
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
  if (i < stride) {  // Half a step, since stride is a multiple of 16.
    const Bytes q = LoadHalf(query + i);
    for (size_t r = 0; r < kRows; ++r) sums[r] = AddProducts(sums[r], q, LoadHalf(rows[r] + i));
  }
#endif
  for (size_t r = 0; r < kRows; ++r) out[r] = Total(sums[r]);
}

void CodeDots(const uint8_t* query, const CodeTable& table, std::span<const Row> rows, int32_t* out) {
  const auto row_bytes = [&](size_t i) { return table.bytes + size_t{rows[i]} * table.stride; };
  size_t i = 0;
  for (; i + 4 <= rows.size(); i += 4) {
    const uint8_t* const four[] = {row_bytes(i), row_bytes(i + 1), row_bytes(i + 2), row_bytes(i + 3)};
    DotRows<4>(query, four, table.stride, out + i);
  }
  for (; i < rows.size(); ++i) {
    const uint8_t* const one[] = {row_bytes(i)};
    DotRows<1>(query, one, table.stride, out + i);
  }
}

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(CodeDots);

void CodeDots(const uint8_t* query, const CodeTable& table, std::span<const Row> rows, int32_t* out) {
  HWY_DYNAMIC_DISPATCH(CodeDots)(query, table, rows, out);
}

}  // namespace strata
#endif  // HWY_ONCE
