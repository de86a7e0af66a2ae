#include "vector/slot_kernels.h"

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/slot_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <typename Tag>
HWY_INLINE hn::Vec<Tag> ToNearestSlot(Tag tag, hn::Vec<Tag> place) {
  const auto last = hn::Set(tag, float{kSlotCount - 1});
  return hn::Sub(place, hn::Min(hn::Max(hn::Round(place), hn::Zero(tag)), last));
}

float PlaceOnRulers(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, float factor, size_t count,
                    float* HWY_RESTRICT places) {
  const hn::CappedTag<float, 4> tag;
  auto sum = hn::Zero(tag);
  for (size_t j = 0; j < count; j += hn::Lanes(tag)) {
    const auto offset = hn::Sub(hn::LoadU(tag, a + j), hn::LoadU(tag, b + j));
    const auto place = hn::MulAdd(offset, hn::Set(tag, factor), hn::Set(tag, (kSlotCount - 1) / 2.0f));
    hn::StoreU(place, tag, places + j);
    const auto distance = ToNearestSlot(tag, place);
    sum = hn::MulAdd(distance, distance, sum);
  }
  return hn::GetLane(hn::SumOfLanes(tag, sum));
}

void FillSlotTables(const float* HWY_RESTRICT places, float scale, size_t count,
                    uint8_t* HWY_RESTRICT tables) {
  const hn::CappedTag<float, kSlotCount> tag;
  const hn::Rebind<int32_t, decltype(tag)> ints;
  const hn::Rebind<uint8_t, decltype(tag)> bytes;
  const auto factor = hn::Set(tag, scale);
  const auto half = hn::Set(tag, 0.5f);
  const auto most = hn::Set(tag, float{kSlotScoreMax});
  for (size_t j = 0; j < count; ++j) {
    const auto place = hn::Set(tag, places[j]);
    const auto nearest = ToNearestSlot(tag, place);
    const auto least = hn::Mul(nearest, nearest);
    for (size_t s = 0; s < kSlotCount; s += hn::Lanes(tag)) {
      const auto distance = hn::Sub(place, hn::Iota(tag, static_cast<float>(s)));
      const auto score = hn::MulAdd(hn::Sub(hn::Mul(distance, distance), least), factor, half);
      // A comparison with what is no number is false.
      const auto clipped = hn::IfThenElseZero(hn::Gt(score, hn::Zero(tag)), hn::Min(score, most));
      hn::StoreU(hn::DemoteTo(bytes, hn::ConvertTo(ints, clipped)), bytes, tables + j * kSlotCount + s);
    }
  }
}

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(PlaceOnRulers);
HWY_EXPORT(FillSlotTables);

float PlaceOnRulers(const float* a, const float* b, float factor, size_t count, float* places) {
  return HWY_DYNAMIC_DISPATCH(PlaceOnRulers)(a, b, factor, count, places);
}
void FillSlotTables(const float* places, float scale, size_t count, uint8_t* tables) {
  HWY_DYNAMIC_DISPATCH(FillSlotTables)(places, scale, count, tables);
}

}  // namespace strata
#endif  // HWY_ONCE
