#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "strata/result.h"
#include "vector/pca.h"

namespace strata {

// Maps vectors of `dimension` to fewer components, along orthonormal axes: p = A (x - centre). Distances
// between projections are never greater than those between the vectors, and not much less where the axes hold
// most of the variance.
//
// A query is projected before its walk begins, so this has to be quick: axes are held as words of 11 bits,
// and so is what is projected, which is far finer than the codes made of it.
//
// Memory: 2 * axis_count * dimension bytes. Immutable; safe from many threads.
class LeadingAxes {
 public:
  LeadingAxes() = default;  // None: axis_count() is 0.
  // On the first `axis_count` axes of `pca`.
  LeadingAxes(const Pca& pca, size_t axis_count);

  size_t axis_count() const { return axis_count_; }
  size_t dimension() const { return centre_.size(); }
  size_t memory_bytes() const { return words_.size() * sizeof(int16_t) + centre_.size() * sizeof(float); }

  // Writes the axis_count() components of `x` (dimension() finite floats, times `factor`) to `out`, and
  // returns the squared length of what they leave out: |factor x - centre|^2 - |p|^2, at least 0.
  float Apply(const float* x, float factor, float* out) const;

  // Centre (floats), scale (float), axes (axis_count * dimension int16), little-endian.
  std::vector<std::byte> Serialize() const;
  static uint64_t SerializedBytes(uint64_t dimension, uint64_t axis_count) {
    return dimension * sizeof(float) + sizeof(float) + dimension * axis_count * sizeof(int16_t);
  }
  // kCorruption unless `bytes` is what Serialize() makes of a projection of `dimension` on one axis or more.
  static Result<LeadingAxes> Parse(uint32_t dimension, std::span<const std::byte> bytes);

 private:
  size_t stride() const;

  size_t axis_count_ = 0;
  float axis_scale_ = 0;        // Of a word of words_.
  std::vector<float> centre_;   // (dimension)
  std::vector<int16_t> words_;  // (axis_count, stride())
};

}  // namespace strata
