#pragma once

#include <cstdint>
#include <span>

#include "strata/options.h"

namespace strata {

// How far from a query's place the rows can be that are not worse than a distance: see KdSpace.
class KdReach {
 public:
  // The squared distance between places beyond which ExactDistance finds every row farther than `distance`.
  // Infinite for an infinite distance.
  double Squared(float distance) const;
  // The distance of places so far apart, errors aside. For showing.
  float Distance(double squared) const;

 private:
  friend class KdSpace;
  Metric metric_ = Metric::kL2;
  double factor_ = 1;  // kL2: places per unit of distance. kDot: what a unit of distance is to the square.
  double offset_ = 0;  // kDot: the square at distance 0.
  double error_ = 0;   // kL2: relative, of the distance. kCosine: absolute, of the distance.
  double place_error_ = 0;  // kCosine: how far a place may be from where it should be.
};

// Puts vectors to places in Euclidean space such that a query's nearest rows are the nearest places:
//
//   l2      place(x) = s x
//   cosine  place(x) = x / |x|, and 1 - cos = |a - b|^2 / 2
//   dot     place(x) = (s x, sqrt(r^2 - |s x|^2)), place(q) = (t q, 0): all rows are equally long, r, so the
//           larger the product the nearer (Bachrach et al., RecSys 2014; see ScalarQuantizer)
//
// s is a power of two that brings the largest component of all rows to between a half and one, so squares
// neither overflow nor vanish; r is the longest of s x, and t makes |t q| = r.
//
// All of this is rounded, and so are the distances that an exact scan computes. KdReach has room for both
// roundings, by the usual bound for a sum of n products, |error| <= n u / (1 - n u) * sum |products| with
// u = 2^-24 (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.1), so what lies
// beyond it is worse as an exact scan sees it, and not only on paper.
class KdSpace {
 public:
  KdSpace() = default;
  // `component_max` and `length_max` of all rows that will be placed.
  static KdSpace Make(Metric metric, uint32_t dimension, float component_max, double length_max);
  // From the numbers of a file, finite and positive.
  KdSpace(Metric metric, uint32_t dimension, float scale, float radius)
      : metric_(metric), dimension_(dimension), scale_(scale), radius_(radius) {}

  Metric metric() const { return metric_; }
  uint32_t dimension() const { return dimension_; }
  uint32_t place_dimension() const { return dimension_ + (metric_ == Metric::kDot ? 1 : 0); }
  float scale() const { return scale_; }
  float radius() const { return radius_; }

  // `place` has room for place_dimension() floats.
  void PlaceRow(const float* vector, float* place) const;
  KdReach PlaceQuery(std::span<const float> query, float* place) const;

 private:
  Metric metric_ = Metric::kL2;
  uint32_t dimension_ = 0;
  float scale_ = 1;   // s, under kCosine 1.
  float radius_ = 1;  // r, under kDot.
};

}  // namespace strata
