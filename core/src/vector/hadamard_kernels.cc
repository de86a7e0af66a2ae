#include "vector/hadamard_kernels.h"

#include <cmath>

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/hadamard_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// (a, b) -> ((a + b) scale, (a - b) scale) for `n` pairs, a multiple of D's lanes.
template <typename D>
HWY_INLINE void Butterflies(D tag, float* HWY_RESTRICT a, float* HWY_RESTRICT b, size_t n, float scale) {
  const auto factor = hn::Set(tag, scale);
  for (size_t i = 0; i < n; i += hn::Lanes(tag)) {
    const auto x = hn::LoadU(tag, a + i);
    const auto y = hn::LoadU(tag, b + i);
    hn::StoreU(hn::Mul(hn::Add(x, y), factor), tag, a + i);
    hn::StoreU(hn::Mul(hn::Sub(x, y), factor), tag, b + i);
  }
}

// Pairs of any number: whole vectors, then quarters of one or single ones.
HWY_INLINE void AllButterflies(float* HWY_RESTRICT a, float* HWY_RESTRICT b, size_t n, float scale) {
  const hn::ScalableTag<float> wide;
  const hn::CappedTag<float, 4> narrow;
  const size_t whole = n - n % hn::Lanes(wide);
  const size_t quarters = n - n % hn::Lanes(narrow);
  Butterflies(wide, a, b, whole, scale);
  Butterflies(narrow, a + whole, b + whole, quarters - whole, scale);
  Butterflies(hn::CappedTag<float, 1>(), a + quarters, b + quarters, n - quarters, scale);
}

// The first two of the log2(n) layers, over neighbours and over every second one: their pairs lie within a
// vector.
HWY_INLINE void FirstTwoLayers(float* x, size_t n) {
#if HWY_TARGET == HWY_SCALAR
  for (size_t i = 0; i < n; i += 4) {
    const float a = x[i] + x[i + 1], b = x[i] - x[i + 1];
    const float c = x[i + 2] + x[i + 3], d = x[i + 2] - x[i + 3];
    x[i] = a + c;
    x[i + 1] = b + d;
    x[i + 2] = a - c;
    x[i + 3] = b - d;
  }
#else
  const hn::CappedTag<float, 8> tag;
  const hn::RepartitionToWide<decltype(tag)> pairs;
  for (size_t i = 0; i < n; i += hn::Lanes(tag)) {
    const auto a = hn::LoadU(tag, x + i);
    const auto a_swapped = hn::Shuffle2301(a);
    const auto b = hn::OddEven(hn::Sub(a_swapped, a), hn::Add(a_swapped, a));
    const auto b_swapped = hn::Shuffle1032(b);
    const auto odd = hn::BitCast(pairs, hn::Sub(b_swapped, b));
    hn::StoreU(hn::BitCast(tag, hn::OddEven(odd, hn::BitCast(pairs, hn::Add(b_swapped, b)))), tag, x + i);
  }
#endif
}

void HadamardTransform(float* x, size_t n) {
  FirstTwoLayers(x, n);
  // The last layer carries the scale of all.
  const float scale = 1 / std::sqrt(static_cast<float>(n));
  for (size_t half = 4; half < n; half *= 2) {
    const float factor = 2 * half == n ? scale : 1;
    for (size_t i = 0; i < n; i += 2 * half) AllButterflies(x + i, x + i + half, half, factor);
  }
}

void HadamardPairs(float* a, float* b, size_t n) { AllButterflies(a, b, n, std::sqrt(0.5f)); }

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(HadamardTransform);
HWY_EXPORT(HadamardPairs);

void HadamardTransform(float* x, size_t n) { HWY_DYNAMIC_DISPATCH(HadamardTransform)(x, n); }
void HadamardPairs(float* a, float* b, size_t n) { HWY_DYNAMIC_DISPATCH(HadamardPairs)(a, b, n); }

}  // namespace strata
#endif  // HWY_ONCE
