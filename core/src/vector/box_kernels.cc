#include "vector/box_kernels.h"

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/box_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <typename Tag>
HWY_INLINE float SumOfGaps(Tag tag, const float* HWY_RESTRICT low, const float* HWY_RESTRICT high,
                           const float* HWY_RESTRICT box, size_t stride) {
  const auto zero = hn::Zero(tag);
  auto sum = zero;
  for (size_t i = 0; i < stride; i += hn::Lanes(tag)) {
    const auto below = hn::Sub(hn::LoadU(tag, box + i), hn::LoadU(tag, high + i));
    const auto above = hn::Sub(hn::LoadU(tag, low + i), hn::LoadU(tag, box + stride + i));
    const auto gap = hn::Max(hn::Max(below, above), zero);
    sum = hn::MulAdd(gap, gap, sum);
  }
  return hn::GetLane(hn::SumOfLanes(tag, sum));
}

float SquaredGap(const float* HWY_RESTRICT low, const float* HWY_RESTRICT high, const float* HWY_RESTRICT box,
                 size_t stride) {
  const hn::CappedTag<float, 8> wide;
  if (stride % hn::Lanes(wide) == 0) return SumOfGaps(wide, low, high, box, stride);
  return SumOfGaps(hn::CappedTag<float, kBoxAlignment>(), low, high, box, stride);
}

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(SquaredGap);

float SquaredGap(const float* low, const float* high, const float* box, size_t stride) {
  return HWY_DYNAMIC_DISPATCH(SquaredGap)(low, high, box, stride);
}

}  // namespace strata
#endif  // HWY_ONCE
