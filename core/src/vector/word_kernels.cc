#include "vector/word_kernels.h"

#include <algorithm>
#include <cmath>

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/word_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using WordTag = hn::CappedTag<int16_t, kWordAlignment>;
using SumTag = hn::RepartitionToWide<WordTag>;

// Four rows at a time share the loads of the words.
template <size_t kRows>
HWY_INLINE void DotRows(const int16_t* HWY_RESTRICT words, const int16_t* HWY_RESTRICT matrix, size_t stride,
                        float factor, float* out) {
  const WordTag tag;
  const SumTag sum_tag;
  constexpr size_t kBlock = 1024;  // After so many products a sum may be full.
  float totals[kRows] = {};
  for (size_t begin = 0; begin < stride; begin += kBlock) {
    const size_t end = std::min(begin + kBlock, stride);
    hn::Vec<SumTag> sums[kRows];
    hn::Vec<SumTag> odd[kRows];
    for (size_t r = 0; r < kRows; ++r) sums[r] = odd[r] = hn::Zero(sum_tag);
    for (size_t i = begin; i < end; i += hn::Lanes(tag)) {
      const auto word = hn::LoadU(tag, words + i);
      for (size_t r = 0; r < kRows; ++r) {
        sums[r] = hn::ReorderWidenMulAccumulate(sum_tag, word, hn::LoadU(tag, matrix + r * stride + i),
                                                sums[r], odd[r]);
      }
    }
    for (size_t r = 0; r < kRows; ++r) {
      totals[r] += static_cast<float>(hn::GetLane(hn::SumOfLanes(sum_tag, hn::Add(sums[r], odd[r]))));
    }
  }
  for (size_t r = 0; r < kRows; ++r) out[r] = factor * totals[r];
}

void WordDots(const int16_t* words, const int16_t* matrix, size_t stride, size_t row_count, float factor,
              float* out) {
  size_t r = 0;
  for (; r + 4 <= row_count; r += 4) DotRows<4>(words, matrix + r * stride, stride, factor, out + r);
  for (; r < row_count; ++r) DotRows<1>(words, matrix + r * stride, stride, factor, out + r);
}

float WordScale(const float* HWY_RESTRICT x, const float* HWY_RESTRICT centre, size_t d) {
  const hn::ScalableTag<float> tag;
  auto largest = hn::Zero(tag);
  size_t i = 0;
  for (; i + hn::Lanes(tag) <= d; i += hn::Lanes(tag)) {
    largest = hn::Max(largest, hn::Abs(hn::Sub(hn::LoadU(tag, x + i), hn::LoadU(tag, centre + i))));
  }
  float most = hn::GetLane(hn::MaxOfLanes(tag, largest));
  for (; i < d; ++i) most = std::max(most, std::fabs(x[i] - centre[i]));
  return most > 0 && kWordMax / most < HUGE_VALF ? kWordMax / most : 0;
}

void MakeWords(const float* HWY_RESTRICT x, const float* HWY_RESTRICT centre, float scale, size_t d,
               int16_t* HWY_RESTRICT words) {
  const hn::ScalableTag<float> tag;
  const hn::Rebind<int16_t, decltype(tag)> word_tag;
  size_t i = 0;
  for (; i + hn::Lanes(tag) <= d; i += hn::Lanes(tag)) {
    const auto scaled =
        hn::Mul(hn::Sub(hn::LoadU(tag, x + i), hn::LoadU(tag, centre + i)), hn::Set(tag, scale));
    hn::StoreU(hn::DemoteTo(word_tag, hn::NearestInt(scaled)), word_tag, words + i);
  }
  for (; i < d; ++i) words[i] = static_cast<int16_t>(std::lrint((x[i] - centre[i]) * scale));
}

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(WordScale);
HWY_EXPORT(MakeWords);
HWY_EXPORT(WordDots);

float WordScale(const float* x, const float* centre, size_t d) {
  return HWY_DYNAMIC_DISPATCH(WordScale)(x, centre, d);
}
void MakeWords(const float* x, const float* centre, float scale, size_t d, int16_t* words) {
  HWY_DYNAMIC_DISPATCH(MakeWords)(x, centre, scale, d, words);
}
void WordDots(const int16_t* words, const int16_t* matrix, size_t stride, size_t row_count, float factor,
              float* out) {
  HWY_DYNAMIC_DISPATCH(WordDots)(words, matrix, stride, row_count, factor, out);
}

}  // namespace strata
#endif  // HWY_ONCE
