#include "index/kd_space.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace strata {
namespace {

constexpr double kUnit = 0x1p-24;  // Half of the gap between 1 and the next float.

double SquaredLength(const float* vector, size_t d, double scale) {
  double sum = 0;
  for (size_t i = 0; i < d; ++i) sum += (vector[i] * scale) * (vector[i] * scale);
  return sum;
}

}  // namespace

double KdReach::Squared(float distance) const {
  double reach = 0;
  switch (metric_) {
    case Metric::kL2:
      reach = factor_ * distance * (1 + error_) + 1e-30;
      return reach * reach;
    case Metric::kCosine:
      reach = std::sqrt(2 * std::max(0.0, distance + error_)) + place_error_;
      return reach * reach;
    case Metric::kDot:
      break;
  }
  // A product beyond the floats is found to be infinite, and so it says no more than that it is beyond.
  return std::max(0.0, offset_ + factor_ * std::max(distance, -std::numeric_limits<float>::max()) + error_);
}

float KdReach::Distance(double squared) const {
  switch (metric_) {
    case Metric::kL2:
      return static_cast<float>(std::sqrt(squared) / factor_);
    case Metric::kCosine:
      return static_cast<float>(squared / 2);
    case Metric::kDot:
      break;
  }
  return factor_ > 0 ? static_cast<float>((squared - offset_) / factor_) : 0;
}

KdSpace KdSpace::Make(Metric metric, uint32_t dimension, float component_max, double length_max) {
  float scale = 1;
  if (metric != Metric::kCosine && component_max > 0) {
    scale = std::ldexp(1.0f, -std::clamp(std::ilogb(component_max) + 1, -126, 126));
  }
  float radius = 1;
  if (metric == Metric::kDot && length_max > 0) {
    radius = std::nextafter(static_cast<float>(length_max * scale), HUGE_VALF);
  }
  return KdSpace(metric, dimension, scale, radius);
}

void KdSpace::PlaceRow(const float* vector, float* place) const {
  double factor = scale_;
  if (metric_ == Metric::kCosine) {
    const double length = std::sqrt(SquaredLength(vector, dimension_, 1));
    factor = length > 0 ? 1 / length : 0;
  }
  for (uint32_t i = 0; i < dimension_; ++i) place[i] = static_cast<float>(vector[i] * factor);
  if (metric_ == Metric::kDot) {
    const double rest = double{radius_} * radius_ - SquaredLength(vector, dimension_, scale_);
    place[dimension_] = static_cast<float>(std::sqrt(std::max(0.0, rest)));
  }
}

KdReach KdSpace::PlaceQuery(std::span<const float> query, float* place) const {
  KdReach reach;
  reach.metric_ = metric_;
  const double n = dimension_;
  switch (metric_) {
    case Metric::kL2:
      // ExactDistance is off by a relative (n / 2 + 3) u at most: differences are rounded once, squares are
      // summed.
      reach.factor_ = scale_;
      reach.error_ = (n + 8) * kUnit;
      PlaceRow(query.data(), place);
      break;
    case Metric::kCosine:
      // A product of unit vectors is off by n u, their lengths by n u / 2 each; a component of a place by u.
      reach.error_ = (2 * n + 16) * kUnit;
      reach.place_error_ = 4 * kUnit;
      PlaceRow(query.data(), place);
      break;
    case Metric::kDot: {
      // |p - q|^2 = |p|^2 + |q|^2 - 2 p.q for places p of a row and q of the query. |p|^2 is r^2 but for the
      // rounding of its last component, p.q is (s t) times the dot product but for the rounding of q.
      const double length = std::sqrt(SquaredLength(query.data(), query.size(), 1));
      const double radius = radius_;
      const double t = length > 0 ? radius / length : 0;
      for (uint32_t i = 0; i < dimension_; ++i) place[i] = static_cast<float>(query[i] * t);
      place[dimension_] = 0;
      reach.offset_ = radius * radius + SquaredLength(place, dimension_, 1);
      reach.factor_ = 2 * scale_ * t;
      // Products too small for floats vanish one by one.
      reach.error_ = 2 * (n + 12) * kUnit * radius * radius + reach.factor_ * n * 0x1p-148;
      break;
    }
  }
  return reach;
}

}  // namespace strata
