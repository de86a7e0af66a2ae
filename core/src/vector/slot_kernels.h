#pragma once

#include <cstddef>
#include <cstdint>

namespace strata {

// Rulers cut into 16 slots, slot s reaching from s - 0.5 to s + 0.5, and a point on each.
inline constexpr int kSlotCount = 16;
inline constexpr uint8_t kSlotScoreMax = 127;  // As scan tables want it (fast_scan.h).

// places[j] = (a[j] - b[j]) * factor + (kSlotCount - 1) / 2.0: the middle of the ruler where a is b. Returns
// the sum of the squared distances between each place and the middle of the nearest slot. `count` is a
// multiple of 4.
float PlaceOnRulers(const float* a, const float* b, float factor, size_t count, float* places);

// tables[16 * j + s] = (the squared distance between places[j] and the middle of slot s, less that of the
// nearest slot) * scale, rounded, at most kSlotScoreMax. 0 where a place is no number.
void FillSlotTables(const float* places, float scale, size_t count, uint8_t* tables);

}  // namespace strata
