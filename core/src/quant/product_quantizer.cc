#include "quant/product_quantizer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <utility>

#include "bytes/append.h"
#include "bytes/little_endian.h"
#include "quant/scalar_quantizer.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

constexpr size_t kShapeWords = 3;

// Such that 16 bytes of code are filled, where there are components for so many slices.
uint32_t ChosenSlices(uint32_t dimension, uint32_t bits) {
  const uint32_t step = bits == 8 ? 16 : 32;
  const uint32_t wanted = bits == 8 ? dimension / 8 : dimension / 4;
  // Up, unless that were more than three quarters of a step.
  const uint32_t rounded = (wanted + step * 3 / 4) / step * step;
  return std::min(std::clamp(rounded, 2 * step, kPqSlicesMax), dimension);
}

}  // namespace

ProductShape ProductShape::For(const CollectionOptions& options) {
  const uint32_t dimension = options.dimension;
  const uint32_t slices = options.pq_slices != 0 ? std::min({options.pq_slices, dimension, kPqSlicesMax})
                                                 : ChosenSlices(dimension, options.pq_bits);
  return {.dimension = dimension,
          .slice_count = slices,
          .bits = options.pq_bits,
          .rotated = options.pq_rotate && dimension <= kRotatedDimensionMax};
}

ProductQuantizer::ProductQuantizer(Metric metric, const ProductShape& shape, std::vector<float> centroids,
                                   std::vector<float> rotation)
    : metric_(metric), shape_(shape), centroids_(std::move(centroids)), rotation_(std::move(rotation)) {
  assert(centroids_.size() == size_t{shape.dimension} * shape.centroid_count());
  assert(rotation_.size() == (shape.rotated ? size_t{shape.dimension} * shape.dimension : 0));
}

CentroidColumns ProductQuantizer::Centroids(uint32_t slice) const {
  const size_t count = shape_.centroid_count();
  return {.components = centroids_.data() + count * shape_.SliceBegin(slice),
          .width = shape_.SliceWidth(slice),
          .count = count};
}

void NormalizeForCoding(Metric metric, const float* vector, size_t d, float* out) {
  const float scale = CodingScale(metric, vector, d);
  constexpr float kMax = ProductQuantizer::kComponentMax;
  for (size_t i = 0; i < d; ++i) out[i] = std::clamp(vector[i] * scale, -kMax, kMax);
}

// An axis is read once for 16 rows: all of them are more than a cache near the processor holds.
void RotateRows(const float* axes, const float* rows, size_t n, size_t d, float* out) {
  constexpr size_t kGroup = 16;
  for (size_t first = 0; first < n; first += kGroup) {
    const size_t end = std::min(n, first + kGroup);
    for (size_t j = 0; j < d; ++j) {
      for (size_t i = first; i < end; ++i) out[i * d + j] = Dot(axes + j * d, rows + i * d, d);
    }
  }
}

void ProductQuantizer::Prepare(const float* vectors, size_t n, float* prepared) const {
  const size_t d = shape_.dimension;
  if (!shape_.rotated) {
    for (size_t i = 0; i < n; ++i) NormalizeForCoding(metric_, vectors + i * d, d, prepared + i * d);
    return;
  }
  std::vector<float> normalized(n * d);
  for (size_t i = 0; i < n; ++i) NormalizeForCoding(metric_, vectors + i * d, d, &normalized[i * d]);
  RotateRows(rotation_.data(), normalized.data(), n, d, prepared);
}

void ProductQuantizer::Encode(const float* prepared, uint8_t* code) const {
  for (uint32_t j = 0; j < shape_.slice_count; ++j) {
    const uint32_t nearest = FindNearest(prepared + shape_.SliceBegin(j), Centroids(j)).index;
    if (shape_.bits == 8) {
      code[j] = static_cast<uint8_t>(nearest);
    } else if (j % 2 == 0) {
      code[j / 2] = static_cast<uint8_t>(nearest);
    } else {
      code[j / 2] = static_cast<uint8_t>(code[j / 2] | nearest << 4);
    }
  }
}

void ProductQuantizer::Decode(const uint8_t* code, float* prepared) const {
  for (uint32_t j = 0; j < shape_.slice_count; ++j) {
    const uint32_t c = shape_.bits == 8 ? code[j] : code[j / 2] >> (j % 2 * 4) & 15;
    const CentroidColumns centroids = Centroids(j);
    for (size_t i = 0; i < centroids.width; ++i) *prepared++ = centroids.components[i * centroids.count + c];
  }
}

Result<void> ProductQuantizer::FillDistanceTable(std::span<const float> query,
                                                 Eigen::Ref<RowMajorMatrixXf> table) const {
  if (query.size() != shape_.dimension || table.rows() != static_cast<Eigen::Index>(shape_.slice_count) ||
      table.cols() != static_cast<Eigen::Index>(shape_.centroid_count())) {
    return Fail(
        ErrorCode::kInvalidArgument,
        {"distance table: ", query.size(), " components and a table of ", table.rows(), " x ", table.cols(),
         ", expected ", shape_.dimension, " and ", shape_.slice_count, " x ", shape_.centroid_count()});
  }
  for (uint32_t j = 0; j < shape_.slice_count; ++j) {
    const float* const slice = query.data() + shape_.SliceBegin(j);
    auto row = table.row(j);
    if (metric_ == Metric::kDot) {
      DotsWithAll(slice, Centroids(j), row.data());
      row = -row;
    } else {
      SquaredL2ToAll(slice, Centroids(j), row.data());
    }
  }
  return {};
}

float ProductQuantizer::ToMetric(float sum) const {
  switch (metric_) {
    case Metric::kL2:
      return std::sqrt(std::max(sum, 0.0f));
    case Metric::kCosine:
      return std::max(sum, 0.0f) / 2;
    case Metric::kDot:
      break;
  }
  return sum;
}

std::vector<std::byte> ProductQuantizer::Serialize() const {
  static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");
  const uint32_t words[kShapeWords] = {shape_.slice_count, shape_.bits, shape_.rotated};
  std::vector<std::byte> bytes;
  AppendAll(std::as_bytes(std::span(words)), &bytes);
  AppendAll(std::as_bytes(std::span(centroids_)), &bytes);
  AppendAll(std::as_bytes(std::span(rotation_)), &bytes);
  return bytes;
}

uint64_t ProductQuantizer::SerializedBytes(const ProductShape& shape) {
  const uint64_t rotation = shape.rotated ? uint64_t{shape.dimension} * shape.dimension : 0;
  const uint64_t centroids = uint64_t{shape.dimension} * shape.centroid_count();
  return kShapeWords * sizeof(uint32_t) + (centroids + rotation) * sizeof(float);
}

Result<ProductQuantizer> ProductQuantizer::Parse(const CollectionOptions& options,
                                                 std::span<const std::byte> bytes) {
  ProductShape shape = ProductShape::For(options);
  if (bytes.size() != SerializedBytes(shape)) {
    return Fail(ErrorCode::kCorruption,
                {"pq quantizer: ", bytes.size(), " bytes, expected ", SerializedBytes(shape)});
  }
  const auto word = [&](size_t i) { return LoadLittleEndian<uint32_t>(bytes.data() + 4 * i); };
  if (options.pq_slices == 0 && word(0) >= 1 && word(0) <= std::min(shape.dimension, kPqSlicesMax)) {
    shape.slice_count = word(0);
  }
  if (word(0) != shape.slice_count || word(1) != shape.bits || word(2) != shape.rotated) {
    return Fail(ErrorCode::kCorruption,
                {"pq quantizer: ", word(0), " slices of ", word(1), " bits, rotated ", word(2), ", expected ",
                 shape.slice_count, " of ", shape.bits, ", rotated ", uint32_t{shape.rotated}});
  }
  const size_t d = shape.dimension;
  std::vector<float> centroids(d * shape.centroid_count()), rotation(shape.rotated ? d * d : 0);
  const size_t centroid_bytes = centroids.size() * sizeof(float);
  std::memcpy(centroids.data(), bytes.data() + kShapeWords * sizeof(uint32_t), centroid_bytes);
  if (shape.rotated) std::memcpy(rotation.data(), bytes.data() + bytes.size() - d * d * 4, d * d * 4);

  // The bounds are those of training, with room for rounding; they also stop every NaN and infinity.
  const auto is_prepared = [&](float x) {
    return std::fabs(x) <= ProductQuantizer::kComponentMax * std::sqrt(static_cast<float>(d)) * 1.01f;
  };
  if (!std::ranges::all_of(centroids, is_prepared)) {
    return Fail(ErrorCode::kCorruption, "pq quantizer: a centroid that no training makes");
  }
  for (size_t j = 0; j < d && shape.rotated; ++j) {
    const float squared_length = Dot(&rotation[j * d], &rotation[j * d], d);
    if (!(std::fabs(squared_length - 1) < 0.01f)) {
      return Fail(ErrorCode::kCorruption, {"pq quantizer: axis ", j, " of the rotation is not of length 1"});
    }
  }
  return ProductQuantizer(options.metric, shape, std::move(centroids), std::move(rotation));
}

}  // namespace strata
