#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "strata/options.h"
#include "strata/result.h"
#include "vector/leading_axes.h"
#include "vector/row_vectors.h"

namespace strata {

// What is kept with a code besides its bytes; see ScalarQuantizer for the meaning.
struct CodeTerms {
  uint32_t term = 0;
  float lift = 0;
};

// What a vector of `d` floats is multiplied with before it is coded: its length is no matter under kCosine.
float CodingScale(Metric metric, const float* vector, size_t d);

// One byte a component: x_i becomes the code round((x_i - minimum_i) / step), clipped to 0..127.
//
// Where few directions hold most of the variance, the components are those along them and not the vector's
// own (vector/leading_axes.h): a walk then reads a fraction of the bytes for each distance, and rescoring
// with full vectors makes up for what that loses. (Tepper et al., "LeanVec: Searching vectors faster by
// making them fit", TMLR 2024, arXiv:2312.16335.) Of what two rows' components leave out, a share of the
// squared lengths is added to their squared distance: neighbours have part of it in common (measured:
// kLeftOutShare).
//
// The distance of two codes estimates the distance of their vectors, so one kernel, the dot product of bytes,
// serves both for building a graph and for walking it with a coded query. With codes p and q:
//
//   l2      step^2 * sum (p_i - q_i)^2 = step^2 * (|p|^2 + |q|^2 - 2 p.q): the minima cancel. |p|^2 is kept
//           with the code (its term), all sums are exact integers, and the estimate is the same everywhere
//   cosine  for vectors a and b of length one, 1 - a.b = |a - b|^2 / 2, so vectors are normalized first
//   dot     -a.b = term(p) + term(q) - step^2 p.q with the float term(p) = -(step m.p + m.m / 2), m = minimum
//
// The dot product is no distance (a long row is near to all others, and a row need not be nearest to itself),
// and a graph linked by it is hard to walk. So between two rows it becomes -a.b - lift(a) lift(b) with
// lift(x) = sqrt(r^2 - |x|^2), r being the length of the longest row: that orders as the Euclidean distance
// once each row has its lift as one more component, which makes all of them equally long. A query has no
// lift, so rows are still ordered by their dot product with it. (Bachrach et al., "Speeding up the Xbox
// recommender system using a Euclidean transformation for inner-product spaces", RecSys 2014.)
//
// Choices, with the share of the 10 true neighbours that stand among the first 10 codes, in per cent, by a
// scan of sift-5k, docs-lsa, web-bible, 8,000 words of word2vec-300 and 8,000 pictures of Fashion-MNIST:
//
//   7 bits, one step, clipped (this)    98.4   98.7   99.0   99.0   99.9
//   7 bits, one step, full range        98.0   97.7   99.0   98.8   99.9
//   7 bits, a step for each dimension   98.7   98.8   99.3   98.8   99.8
//   8 bits, a step for each dimension   99.2   99.4   99.4   99.7  100.0
//
// With rescoring they are all the same: 100% of the 10 are among the first 15 codes each time. So:
//   * Seven bits, because the byte dot products of x86 and WebAssembly need them (see kCodeMax).
//   * One step for all dimensions. A step for each would give every product a weight of its own, and the
//     integer kernel would be lost. It gains so little because what disturbs a distance is the sum of all
//     squared errors.
//   * A range that may clip outliers (scalar_trainer.h), which costs nothing.
//
// Immutable once trained; safe from many threads.
class ScalarQuantizer {
 public:
  // Made by training (scalar_trainer.h). All numbers are finite, `step` is positive; `norm_max` is the length
  // of the longest row; `projection` may be none, else `minimum` is for its components.
  ScalarQuantizer(Metric metric, LeadingAxes axes, std::vector<float> minimum, float step, float norm_max);

  Metric metric() const { return metric_; }
  uint32_t component_count() const { return static_cast<uint32_t>(minimum_.size()); }
  const LeadingAxes& axes() const { return axes_; }
  size_t memory_bytes() const { return minimum_.size() * sizeof(float) + axes_.memory_bytes(); }
  const std::vector<float>& minimum() const { return minimum_; }
  float step() const { return step_; }

  // Bytes of a code: component_count() rounded up to kCodeAlignment.
  size_t code_bytes() const;

  // Writes the code of a row or query, `dimension` finite floats, to `code` (code_bytes()) and returns its
  // terms.
  CodeTerms EncodeRow(std::span<const float> vector, uint8_t* code) const;
  CodeTerms EncodeQuery(std::span<const float> vector, uint8_t* code) const;

  // An estimate that orders as distances do, from the dot product of two codes and their terms.
  float RawDistance(const CodeTerms& a, const CodeTerms& b, int32_t dot) const {
    if (metric_ == Metric::kDot) {
      return std::bit_cast<float>(a.term) + std::bit_cast<float>(b.term) - a.lift * b.lift -
             squared_step_ * static_cast<float>(dot);
    }
    return static_cast<float>(a.term + b.term - 2 * static_cast<uint32_t>(dot));
  }

  // A raw distance in the metric's own unit.
  float ToMetric(float raw) const;

  // The step, the length of the longest row and the minimum of each component, as little-endian floats. The
  // projection is not in it.
  std::vector<std::byte> Serialize() const;
  static uint64_t SerializedBytes(uint64_t component_count) { return (component_count + 2) * sizeof(float); }
  // kCorruption unless `bytes` is what Serialize() makes of a quantizer of so many components.
  static Result<ScalarQuantizer> Parse(Metric metric, LeadingAxes axes, size_t component_count,
                                       std::span<const std::byte> bytes);

 private:
  CodeTerms EncodeComponents(const float* components, float scale, float left_out, uint8_t* code) const;

  Metric metric_;
  LeadingAxes axes_;
  std::vector<float> minimum_;
  float step_;
  float inverse_step_;
  float squared_step_;
  float norm_max_;                  // kDot only.
  float half_squared_minimum_ = 0;  // kDot only.
};

}  // namespace strata
