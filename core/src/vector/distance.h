#pragma once

#include <cstddef>
#include <span>

#include "strata/options.h"

namespace strata {

// The distance between a and b, d finite floats each, in the metric's own unit (L2 not squared; see Metric).
// Never NaN, and right for the largest and the smallest floats too; infinite only if the distance itself is
// beyond floats. A zero vector has no direction, so under kCosine its distance to anything is 1.
float Distance(Metric metric, const float* a, const float* b, size_t d);

// The Euclidean length of a.
float Norm(const float* a, size_t d);

// Distances from one query to many rows, all with full vectors. What depends on the query alone is computed
// once.
//
// Sums run in float over several lanes: the result is within a few units in the last place of each partial
// sum of the exact one, and depends on the instruction set in those last places. Safe from many threads.
class ExactDistance {
 public:
  // `query` must outlive this object.
  ExactDistance(Metric metric, std::span<const float> query);

  size_t dimension() const { return query_.size(); }

  // The distance to `row`, dimension() floats.
  float operator()(const float* row) const;

  // The distances to `count` rows that lie one after the other at `rows` (count, dimension), into `out`.
  void Batch(const float* rows, size_t count, float* out) const;

 private:
  Metric metric_;
  std::span<const float> query_;
  float query_squared_norm_ = 0;  // kCosine only.
};

}  // namespace strata
