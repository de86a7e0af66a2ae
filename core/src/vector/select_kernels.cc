#include "vector/select_kernels.h"

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/select_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

size_t SelectAtMost(const uint16_t* HWY_RESTRICT numbers, size_t count, uint16_t limit,
                    uint32_t* HWY_RESTRICT out) {
  const hn::CappedTag<uint16_t, kSelectAlignment> tag;
  const size_t lanes = hn::Lanes(tag);
  const auto limits = hn::Set(tag, limit);
  size_t selected = 0;
  for (size_t i = 0; i < count; i += lanes) {
    // A number is at most the limit if it is the smaller of the two.
    const auto x = hn::LoadU(tag, numbers + i);
    if (hn::AllFalse(tag, hn::Eq(hn::Min(x, limits), x))) continue;
    for (size_t j = i; j < i + lanes; ++j) {
      out[selected] = static_cast<uint32_t>(j);
      selected += numbers[j] <= limit;
    }
  }
  return selected;
}

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(SelectAtMost);

size_t SelectAtMost(const uint16_t* numbers, size_t count, uint16_t limit, uint32_t* out) {
  return HWY_DYNAMIC_DISPATCH(SelectAtMost)(numbers, count, limit, out);
}

}  // namespace strata
#endif  // HWY_ONCE
