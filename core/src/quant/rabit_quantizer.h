#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/random_rotation.h"
#include "strata/options.h"
#include "strata/result.h"

namespace strata {

// What is kept with a RaBitQ code besides its bits; see RabitQuantizer for the meaning. All are finite.
struct RabitTerms {
  float add = 0;          // l2, cosine: |r|^2; dot: c.r
  float rescale = 0;      // |r|^2 / u.Pr
  float error = 0;        // |r| sqrt(1 - a^2) / a / sqrt(D - 1)
  float query_error = 0;  // |r| / a / sqrt(D)
};

// A query as codes are measured with it.
struct RabitQuery {
  std::vector<uint8_t> planes;  // For 1 bit: kQueryPlanes codes. Else empty.
  std::vector<int8_t> bytes;    // For more bits: padded_dimension() components. Else empty.
  float offset = 0;             // What to take from a dot product of levels: h sum of components.
  float base = 0;  // The raw distance is base + add_factor add + dot_factor rescale (dot - offset).
  float add_factor = 0;
  float dot_factor = 0;
  float norm = 0;           // |q'|
  float rounding_norm = 0;  // Length of what coding the query left out.
};

// RaBitQ: one to eight bits a dimension, an unbiased estimate of distances and a bound of its error.
//
// A row is centred, r = x - c, and rotated at random into D = padded_dimension() dimensions. Each component
// of Pr becomes one of 2^B levels y, that is the point u = y - h, h = (2^B - 1) / 2, of a grid around zero.
// Of all grid points the code is (about, see rabit_levels.h) the one of the direction nearest to Pr: with a =
// u.Pr / (|u| |r|), the largest a. Then for a query q' = P(q - c)
//
//   r.(q - c)  is estimated by  rescale u.q',   rescale = |r|^2 / u.Pr
//
// which is unbiased over rotations, since u is Pr, stretched, plus an error at right angles to it that points
// anywhere alike; and it is off by at most
//
//   epsilon / sqrt(D - 1) * |r| |q'| sqrt(1 - a^2) / a
//
// but for a chance that falls as exp(-c epsilon^2). The component of that error along q' is about normal, so
// with epsilon = 1.9, the papers' choice, a row is nearer than its lower bound with a chance of 2.9%, and
// beyond either bound with 5.7%; tests hold it to that. Distances follow:
//
//   l2      |x - q|^2 = |r|^2 + |q - c|^2 - 2 r.(q - c)
//   cosine  half of that for vectors of length one, so vectors are normalized first
//   dot     -x.q = -(c.q + t c.r + r.(q - t c)) for any t: what lies along c is known exactly, and with
//           t = c.q / c.c the query that is left to estimate with is shortest
//
// The query is coded too, for kernels on bits and bytes: 4 bits for rows of one bit, rounded up or down as
// often as keeps the estimate unbiased, as in the paper (rounded to the nearest of so few levels, rows in the
// very direction of the query would seem farther, by half a deviation at a cosine of 0.994), else 7 bits,
// rounded to the nearest. The part of the bound that the rounding needs is added; at 7 and 8 bits a row it is
// most of the bound.
//
// Gao & Long, "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound for Approximate
// Nearest Neighbor Search", SIGMOD 2024, arXiv:2405.12497 (one bit; the estimator is its theorem 3.2); Gao et
// al., "Practical and Asymptotically Optimal Quantization of High-Dimensional Vectors in Euclidean Space for
// Approximate Nearest Neighbor Search", SIGMOD 2025, arXiv:2409.09913 (more).
//
// One centre, the mean, and not the nearest of many. With 16 centres by k-means, 8,000 rows and one bit the
// bound would have left 19 instead of 50 rows to rescore on Fashion-MNIST, 28 instead of 33 on word2vec-300
// and 69 instead of 102 on sift-5k. But each query would have to be coded anew for each centre, which costs
// more than to rescore so many rows; two bits leave 23, 17 and 33.
//
// All numbers are in units in which rows are about as long as 1 (`scale` of the vectors' own), so that no
// square leaves the range of floats. Immutable; safe from many threads. Coding a row takes O(D log D).
class RabitQuantizer {
 public:
  // How many deviations the bound allows: see above.
  static constexpr float kEpsilon = 1.9f;

  // The mean of rows, and their scale, are found by training (rabit_codes.h). `centre` is in scaled units.
  RabitQuantizer(Metric metric, uint32_t bits, std::vector<float> centre, float scale, uint64_t seed);

  Metric metric() const { return metric_; }
  uint32_t bits() const { return bits_; }
  uint32_t dimension() const { return static_cast<uint32_t>(centre_.size()); }
  uint32_t padded_dimension() const { return rotation_.padded_dimension(); }
  size_t code_bytes() const;
  size_t memory_bytes() const { return centre_.size() * sizeof(float) + rotation_.memory_bytes(); }

  // The centre in the vectors' own units; under kCosine, of normalized vectors.
  std::vector<float> Centre() const;

  // Writes the code of a row, dimension() finite floats, to `code` (code_bytes()) and returns its terms.
  RabitTerms EncodeRow(std::span<const float> vector, uint8_t* code) const;
  RabitQuery EncodeQuery(std::span<const float> vector) const;

  // An estimate that orders as distances do, from the dot product of the query with a row's levels.
  static float RawDistance(const RabitQuery& query, const RabitTerms& terms, int32_t dot) {
    return query.base + query.add_factor * terms.add +
           query.dot_factor * terms.rescale * (static_cast<float>(dot) - query.offset);
  }
  // By how much it may be wrong; see above for the chance that it is not enough.
  float RawError(const RabitQuery& query, const RabitTerms& terms) const;

  // A raw distance in the metric's own unit.
  float ToMetric(float raw) const;

  // Bits, scale, seed and centre.
  std::vector<std::byte> Serialize() const;
  static uint64_t SerializedBytes(uint32_t dimension) {
    return kHeaderBytes + uint64_t{dimension} * sizeof(float);
  }
  // kCorruption unless `bytes` is what Serialize() makes of a quantizer of so many dimensions and bits.
  static Result<RabitQuantizer> Parse(Metric metric, uint32_t dimension, uint32_t bits,
                                      std::span<const std::byte> bytes);

 private:
  static constexpr size_t kHeaderBytes = 16;

  // vector * scale, normalized under kCosine.
  std::vector<float> Scaled(std::span<const float> vector) const;

  Metric metric_;
  uint32_t bits_;
  std::vector<float> centre_;
  float scale_;
  float squared_centre_;
  RandomRotation rotation_;
};

}  // namespace strata
