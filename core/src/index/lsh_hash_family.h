#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "strata/options.h"

namespace strata {

enum class LshKind : uint8_t { kHyperplanes = 0, kPStable = 1 };

// The hash functions of several LSH tables, `hash_count` for each.
//
// Function j multiplies a vector with a direction a_j of independent normal components. The product's place
// on a ruler is cut into slots, and the slots of a table's functions together are a vector's bucket:
//
//   kHyperplanes  place = a.x - a.centre, slot 1 from 0 on, else 0. Two vectors at an angle t as seen from
//   the
//                 centre share a slot with probability 1 - t / pi. Charikar, "Similarity estimation
//                 techniques from rounding algorithms", STOC 2002, section 3. Planes through the mean of the
//                 data split it where planes through the origin hardly would: embeddings share a common part.
//   kPStable      place = a.x / width + shift with a shift from [0, 1), slot floor(place). Two vectors c
//   apart
//                 share a slot with a probability that falls with c / width alone. Datar, Immorlica, Indyk &
//                 Mirrokni, "Locality-sensitive hashing scheme based on p-stable distributions", SCG 2004,
//                 section 3.2, p = 2.
//
// What is hashed is a point of Euclidean space, in which near means near in the metric (Prepare*()): for l2
// the vector itself; for cosine the vector at length one; for dot a row x becomes (x, sqrt(r^2 - |x|^2)) / r,
// r being the length of the longest row, and a query q becomes (q, 0) / |q|: all have length one, and the
// angle between the two orders as their dot product (Bachrach et al., RecSys 2014; see scalar_quantizer.h).
//
// A bucket's key is sum (multiplier_i * slot_i) mod 2^32. For hyperplanes the multipliers are powers of two,
// so the key is the string of bits, the first one topmost; for p-stable functions they are random and odd,
// and two buckets share a key with probability 2^-31 or so, which costs measuring rows in vain and no more.
// Stepping to a neighbouring slot adds or subtracts one multiplier.
//
// The functions of table t depend on the seed, t and the metric alone: fewer tables or hashes are the first
// of more. Memory: 4 bytes for each function and dimension. Immutable but for set_width(); safe from many
// threads.
class LshHashFamily {
 public:
  static constexpr uint32_t kHashCountMax = 32;
  static constexpr uint32_t kTableCountMax = 64;

  struct Shape {
    LshKind kind = LshKind::kHyperplanes;
    Metric metric = Metric::kCosine;
    uint32_t dimension = 0;
    uint32_t table_count = 1;
    uint32_t hash_count = 1;  // Of each table.

    friend bool operator==(const Shape&, const Shape&) = default;
  };

  // Draws the functions. `longest` is r above and matters to kDot alone. The planes pass through the origin,
  // the width is 1.
  LshHashFamily(const Shape& shape, float longest, uint64_t seed);
  // Takes functions that were drawn before: `directions` (function_count, point_dimension), `shifts`
  // (function_count), all numbers finite, width and longest positive.
  LshHashFamily(const Shape& shape, float longest, float width, std::span<const float> directions,
                std::vector<float> shifts, std::vector<uint32_t> multipliers);

  const Shape& shape() const { return shape_; }
  uint32_t function_count() const { return shape_.table_count * shape_.hash_count; }
  float longest() const { return longest_; }
  float width() const { return width_; }
  // kPStable only; positive.
  void set_width(float width) { width_ = width, inverse_width_ = 1 / width; }
  // kHyperplanes only. `centre` is a point: point_dimension() floats.
  void SetCentre(const float* centre);

  // Components of a point, and floats of its place in memory: zeros up to a multiple of kColumnAlignment.
  static uint32_t PointDimension(Metric metric, uint32_t dimension) {
    return dimension + (metric == Metric::kDot);
  }
  uint32_t point_dimension() const { return PointDimension(shape_.metric, shape_.dimension); }
  size_t point_stride() const { return stride_; }

  // Writes the point of a vector, point_stride() floats.
  void PrepareRow(const float* vector, float* point) const;
  void PrepareQuery(const float* vector, float* point) const;

  // The squared distance of two points whose vectors are `distance` apart in the metric, one of them a query
  // of length `query_length` (which only kDot looks at).
  float SquaredPointDistance(float distance, float query_length) const;

  // The products of `count` points, one after the other, with all directions: (count, function_count()). One
  // pass over the directions for each two points.
  void Project(const float* points, size_t count, float* products) const;

  // From a product to its place, slot and part of a key. `function` counts through all tables.
  float Place(uint32_t function, float product) const { return product * inverse_width_ + shifts_[function]; }
  int32_t Slot(float place) const;
  uint32_t Multiplier(uint32_t function) const { return multipliers_[function]; }

  // The bucket of a vector in `table`, from all its products.
  uint32_t Key(uint32_t table, const float* products) const;

  size_t memory_bytes() const {
    return (directions_.capacity() + shifts_.capacity() + multipliers_.capacity()) * sizeof(float);
  }

  // Whether functions of this shape can have these multipliers: function_count() numbers.
  static bool AreMultipliers(const Shape& shape, std::span<const uint32_t> multipliers);

  // As they are saved and shown: without padding.
  std::vector<float> Directions() const;
  std::span<const float> shifts() const { return shifts_; }
  std::span<const uint32_t> multipliers() const { return multipliers_; }

 private:
  Shape shape_;
  float longest_;
  float width_ = 1;
  float inverse_width_ = 1;
  size_t stride_;
  std::vector<float> directions_;  // (function_count, stride_)
  std::vector<float> shifts_;
  std::vector<uint32_t> multipliers_;
};

// Hyperplanes where only angles count, p-stable projections for l2.
constexpr LshKind LshKindFor(Metric metric) {
  return metric == Metric::kL2 ? LshKind::kPStable : LshKind::kHyperplanes;
}

// The probability that one function gives two vectors the same slot: at `angle` (0 to pi) under kHyperplanes,
// and `distance` > 0 apart with slots of `width` under kPStable.
double HyperplaneCollisionProbability(double angle);
double PStableCollisionProbability(double distance, double width);

}  // namespace strata
