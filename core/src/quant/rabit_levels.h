#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace strata {

// What was found: with u the grid point of the levels,
struct FittedLevels {
  double product = 0;       // u.x
  double squared_norm = 0;  // u.u
};

// Writes to `levels` the grid point that points most nearly as x does: levels y in 0..2^bits - 1 stand for
// the components u = y - (2^bits - 1) / 2, and u.x / |u| shall be as large as possible.
//
// With one bit that is the sign. With more, Gao et al. (arXiv:2409.09913, algorithm 1) stretch the grid
// continuously and look at every point where a component changes its level, O(2^bits d log d). Here a few
// stretches around the one that is best for normally distributed components are tried and the best is
// improved level by level as long as that helps: O(d), and the cosine's distance from 1 is within 1% of
// theirs (tested).
FittedLevels FitLevels(std::span<const float> x, uint32_t bits, uint8_t* levels);

// Rounds x to integers in -level_max..level_max for the step that is best for normally distributed
// components, clipping what is beyond. Returns the dot product of the integers with x.
double RoundToIntegers(std::span<const float> x, int level_max, int8_t* integers);

}  // namespace strata
