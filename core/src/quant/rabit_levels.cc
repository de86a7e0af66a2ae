#include "quant/rabit_levels.h"

#include <algorithm>
#include <cmath>

#include "vector/float_kernels.h"

namespace strata {
namespace {

// The steps of the best uniform quantizers of a normal distribution of variance 1 with 2^bits levels. Max,
// "Quantizing for minimum distortion", IRE Trans. Inform. Theory 6(1), 1960, table II, and beyond 5 bits by
// the same rule.
constexpr float kNormalStep[] = {0, 1.596f, 0.9957f, 0.5860f, 0.3352f, 0.1881f, 0.1041f, 0.0569f, 0.0308f};

float Deviation(std::span<const float> x) {
  return std::sqrt(Dot(x.data(), x.data(), x.size()) / static_cast<float>(x.size()));
}

float Largest(std::span<const float> x) {
  float largest[4] = {};  // Four, so that no comparison waits for the one before.
  for (size_t i = 0; i < x.size(); ++i) largest[i % 4] = std::max(largest[i % 4], std::fabs(x[i]));
  return std::max(std::max(largest[0], largest[1]), std::max(largest[2], largest[3]));
}

// One over the step that suits x if that is normally distributed: the best of a normal distribution, or less
// where x does not reach the last level of that grid. 0 for zeros.
float WidestInverseStep(std::span<const float> x, uint32_t bits) {
  const float largest = Largest(x);
  const float best = Deviation(x) * kNormalStep[bits];
  const float reaching = largest / static_cast<float>(1 << (bits - 1));
  return largest > 0 ? 1 / std::min(best, reaching) : 0;
}

// Whether the cosine of `a` is above that of `b`, which is not negative.
bool PointsNearer(const FittedLevels& a, const FittedLevels& b) {
  return a.product > 0 && a.product * a.product * b.squared_norm > b.product * b.product * a.squared_norm;
}

// x / step + offset, rounded down, in 0..level_max. Without branches, which nobody could predict; max() comes
// last and takes a NaN from an overflow for 0, so that none reaches the conversion.
int LevelOf(float x, float inverse_step, float offset, int level_max) {
  const float level = std::min(x * inverse_step + offset, static_cast<float>(level_max));
  return static_cast<int>(std::max(0.0f, level));
}

FittedLevels FitOf(std::span<const float> x, float inverse_step, int level_max) {
  const float middle = static_cast<float>(level_max) / 2;
  const float offset = static_cast<float>(level_max + 1) / 2;
  float product = 0, squared_norm = 0;
  for (const float value : x) {
    const float u = static_cast<float>(LevelOf(value, inverse_step, offset, level_max)) - middle;
    product += u * value;
    squared_norm += u * u;
  }
  return {.product = product, .squared_norm = squared_norm};
}

// Moves levels by one, each where that turns the grid point towards x.
FittedLevels Improve(std::span<const float> x, int level_max, uint8_t* levels, FittedLevels fit) {
  const double middle = level_max / 2.0;
  for (size_t i = 0; i < x.size(); ++i) {
    for (const int move : {1, -1}) {
      const int moved = levels[i] + move;
      if (moved < 0 || moved > level_max) continue;
      const FittedLevels next = {.product = fit.product + move * double{x[i]},
                                 .squared_norm = fit.squared_norm + 2 * move * (levels[i] - middle) + 1};
      if (!PointsNearer(next, fit)) continue;
      levels[i] = static_cast<uint8_t>(moved);
      fit = next;
      break;
    }
  }
  return fit;
}

}  // namespace

FittedLevels FitLevels(std::span<const float> x, uint32_t bits, uint8_t* levels) {
  constexpr float kStretch[] = {0.88f, 0.94f, 0.97f, 1.0f, 1.03f, 1.07f, 1.14f};
  constexpr int kImprovements = 2;
  const int level_max = (1 << bits) - 1;
  const float widest = WidestInverseStep(x, bits);
  float best_inverse = widest;
  if (bits > 1 && widest > 0) {
    FittedLevels best = {.product = 0, .squared_norm = 1};
    for (const float stretch : kStretch) {
      const FittedLevels fit = FitOf(x, widest * stretch, level_max);
      if (!PointsNearer(fit, best)) continue;
      best = fit;
      best_inverse = widest * stretch;
    }
  }
  const float offset = static_cast<float>(level_max + 1) / 2;
  for (size_t i = 0; i < x.size(); ++i)
    levels[i] = static_cast<uint8_t>(LevelOf(x[i], best_inverse, offset, level_max));
  FittedLevels fit;
  for (size_t i = 0; i < x.size(); ++i) {
    const double u = levels[i] - level_max / 2.0;
    fit.product += u * x[i];
    fit.squared_norm += u * u;
  }
  if (bits == 1) return fit;
  for (int i = 0; i < kImprovements; ++i) fit = Improve(x, level_max, levels, fit);
  return fit;
}

float RoundToIntegers(std::span<const float> x, int level_max, Rounding rounding, int8_t* integers) {
  const float step = Largest(x) / static_cast<float>(level_max);
  const float inverse_step = step > 0 ? 1 / step : 0;
  const auto middle = static_cast<float>(level_max);
  for (size_t i = 0; i < x.size(); ++i) {
    // Multiples of the golden ratio, modulo 1, are spread more evenly than random numbers are.
    const uint32_t golden = static_cast<uint32_t>(i) * 2654435769u;
    const float threshold =
        rounding == Rounding::kDithered ? static_cast<float>(static_cast<int>(golden >> 8)) * 0x1p-24f : 0.5f;
    integers[i] =
        static_cast<int8_t>(LevelOf(x[i], inverse_step, middle + threshold, 2 * level_max) - level_max);
  }
  return step;
}

}  // namespace strata
