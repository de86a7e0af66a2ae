#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/k_means.h"
#include "strata/options.h"
#include "strata/result.h"
#include "vector/centroid_kernels.h"

namespace strata {

// How vectors are cut and how finely the pieces are coded.
struct ProductShape {
  uint32_t dimension = 0;
  uint32_t slice_count = 0;  // 1..min(dimension, kPqSlicesMax)
  uint32_t bits = 4;         // 4 or 8
  bool rotated = false;

  // What the options ask for, or the chosen shape:
  //
  //   4 bits  about one slice for 4 components, so half a byte for each 16 of float: of the 10 nearest rows
  //           98% or more are among the 50 nearest codes (word2vec-300, Fashion-MNIST)
  //   8 bits  one slice for 8 components: the same size, a little more precise, and slower to scan
  //
  // in steps that fill the 16 bytes which kernels read at a time. Vectors of more than kRotatedDimensionMax
  // components are not rotated.
  static ProductShape For(const CollectionOptions& options);

  uint32_t centroid_count() const { return 1u << bits; }
  uint32_t SliceBegin(uint32_t slice) const {
    return static_cast<uint32_t>(uint64_t{dimension} * slice / slice_count);
  }
  uint32_t SliceWidth(uint32_t slice) const { return SliceBegin(slice + 1) - SliceBegin(slice); }
  size_t code_bytes() const { return bits == 8 ? slice_count : (slice_count + 1) / 2; }

  friend bool operator==(const ProductShape&, const ProductShape&) = default;
};

// A rotation is d * d floats, is found in O(d^3) and costs each query d * d multiplications.
inline constexpr uint32_t kRotatedDimensionMax = 2048;

// Cuts vectors into slices and replaces each slice by the number of the nearest of 16 or 256 centroids.
//
// Jegou, Douze & Schmid, "Product Quantization for Nearest Neighbor Search", TPAMI 33(1), 2011. Slice j has
// the components SliceBegin(j) .. SliceBegin(j + 1) and codebook j; the widths of slices differ by one at
// most. With 4 bits, slice 2i is in the low half of code byte i and slice 2i + 1 in the high half.
//
// What is cut is the prepared vector: under kCosine divided by its length, its components limited to
// +-kComponentMax so that no square leaves the range of floats, and then rotated if there is a rotation
// (balanced_rotation.h). A rotation keeps lengths and products, so it shows in no distance.
//
// The distance of a prepared query to a code estimates
//
//   l2, cosine  the squared distance of the vectors (cosine: 1 - a.b = |a - b|^2 / 2 for length one)
//   dot         their negated product
//
// and is a sum over slices, each from a table: the asymmetric distance of section III-A, the query not being
// coded.
//
// Immutable; safe from many threads. Memory: centroid_count * dimension floats, and dimension^2 if rotated.
class ProductQuantizer {
 public:
  static constexpr float kComponentMax = 1e15f;

  // `centroids` (dimension, centroid_count) row-major: the rows of slice j are the components of its
  // centroids, one centroid a column. `rotation` (dimension, dimension) row-major, an axis a row,
  // orthonormal; empty unless shape.rotated. All are finite.
  ProductQuantizer(Metric metric, const ProductShape& shape, std::vector<float> centroids,
                   std::vector<float> rotation);

  Metric metric() const { return metric_; }
  const ProductShape& shape() const { return shape_; }
  CentroidColumns Centroids(uint32_t slice) const;
  size_t memory_bytes() const { return (centroids_.size() + rotation_.size()) * sizeof(float); }

  // vectors (n, dimension) -> prepared (n, dimension), not in place.
  void Prepare(const float* vectors, size_t n, float* prepared) const;

  // Writes the code of a prepared vector: shape().code_bytes().
  void Encode(const float* prepared, uint8_t* code) const;

  // The prepared vector that a code stands for.
  void Decode(const uint8_t* code, float* prepared) const;

  // Fills `table` so that the distance to any stored code costs m look-ups instead of d multiplications.
  //
  //   query  (d)     float32, prepared
  //   table  (m, k)  row-major; table(j, c) = squared L2 from slice j of `query` to centroid c of slice j, or
  //                  under kDot their negated product
  //
  // The asymmetric distance of Jegou, Douze & Schmid, section III-A. Returns kInvalidArgument if a shape is
  // wrong. O(k * d) time; allocates nothing, because it runs once per query per segment.
  Result<void> FillDistanceTable(std::span<const float> query, Eigen::Ref<RowMajorMatrixXf> table) const;

  // The sum over a code's table entries in the metric's own unit.
  float ToMetric(float sum) const;

  // The shape as three 32-bit numbers (slices, bits, rotated), centroids, rotation.
  std::vector<std::byte> Serialize() const;
  // The same for any number of slices.
  static uint64_t SerializedBytes(const ProductShape& shape);
  // kCorruption unless `bytes` is what Serialize() makes of a quantizer for such a collection. A number of
  // slices that was chosen is taken from the bytes, since another version may choose another.
  static Result<ProductQuantizer> Parse(const CollectionOptions& options, std::span<const std::byte> bytes);

 private:
  Metric metric_;
  ProductShape shape_;
  std::vector<float> centroids_;
  std::vector<float> rotation_;
};

// The part of Prepare() before the rotation: vector (d) -> out (d).
void NormalizeForCoding(Metric metric, const float* vector, size_t d, float* out);

// out(i, j) = axis j times row i, for rows (n, d) and axes (d, d).
void RotateRows(const float* axes, const float* rows, size_t n, size_t d, float* out);

}  // namespace strata
