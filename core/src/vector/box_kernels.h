#pragma once

#include <cstddef>

namespace strata {

// Boxes whose sides lie along the axes: `stride` lower ends, then `stride` upper ends. Axes beyond the true
// ones are padding, zero in boxes and intervals alike.
inline constexpr size_t kBoxAlignment = 4;  // The stride is a multiple of this.

// The squared distance between a box and the box [low, high] (`stride` each), 0 where they meet: the sum of
// the squared gaps along the axes.
float SquaredGap(const float* low, const float* high, const float* box, size_t stride);

}  // namespace strata
