#include "vector/leading_axes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "bytes/append.h"
#include "vector/float_kernels.h"
#include "vector/word_kernels.h"

namespace strata {
namespace {

size_t StrideOf(size_t dimension) {
  return (dimension + kWordAlignment - 1) / kWordAlignment * kWordAlignment;
}

}  // namespace

size_t LeadingAxes::stride() const { return StrideOf(centre_.size()); }

LeadingAxes::LeadingAxes(const Pca& pca, size_t axis_count) : axis_count_(axis_count), centre_(pca.mean) {
  const size_t d = pca.dimension;
  const std::vector<float> origin(d);
  words_.resize(axis_count * stride());
  // One scale for all axes, so that a projection is a matrix product and nothing more.
  float scale = HUGE_VALF;
  for (size_t j = 0; j < axis_count; ++j) {
    const float of_axis = WordScale(&pca.axes[j * d], origin.data(), d);
    if (of_axis > 0) scale = std::min(scale, of_axis);
  }
  axis_scale_ = scale < HUGE_VALF ? scale : 1;
  for (size_t j = 0; j < axis_count; ++j) {
    MakeWords(&pca.axes[j * d], origin.data(), axis_scale_, d, &words_[j * stride()]);
  }
}

float LeadingAxes::Apply(const float* x, float factor, float* out) const {
  const size_t d = centre_.size();
  std::vector<float> scaled;
  if (factor != 1) {
    scaled.assign(x, x + d);
    for (float& component : scaled) component *= factor;
    x = scaled.data();
  }
  const float scale = WordScale(x, centre_.data(), d);
  if (scale == 0) {
    std::fill(out, out + axis_count_, 0.0f);
    return 0;
  }
  std::vector<int16_t> words(stride());
  MakeWords(x, centre_.data(), scale, d, words.data());
  WordDots(words.data(), words_.data(), stride(), axis_count_, 1 / (scale * axis_scale_), out);
  return std::max(0.0f, SquaredL2(x, centre_.data(), d) - Dot(out, out, axis_count_));
}

std::vector<std::byte> LeadingAxes::Serialize() const {
  static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");
  std::vector<std::byte> bytes;
  const auto append = [&bytes](const void* data, size_t size) {
    const auto* const begin = static_cast<const std::byte*>(data);
    AppendAll({begin, size}, &bytes);
  };
  append(centre_.data(), centre_.size() * sizeof(float));
  append(&axis_scale_, sizeof axis_scale_);
  for (size_t j = 0; j < axis_count_; ++j) append(&words_[j * stride()], centre_.size() * sizeof(int16_t));
  return bytes;
}

Result<LeadingAxes> LeadingAxes::Parse(uint32_t dimension, std::span<const std::byte> bytes) {
  const auto bad = [](const char* what) { return Fail(ErrorCode::kCorruption, {"projection: ", what}); };
  if (dimension == 0 || bytes.size() < SerializedBytes(dimension, 1)) return bad("too few bytes");
  const uint64_t axis_count =
      (bytes.size() - SerializedBytes(dimension, 0)) / (uint64_t{dimension} * sizeof(int16_t));
  if (bytes.size() != SerializedBytes(dimension, axis_count) || axis_count > dimension) {
    return bad("its size is not that of some axes");
  }
  LeadingAxes axes;
  axes.axis_count_ = static_cast<size_t>(axis_count);
  axes.centre_.resize(dimension);
  const std::byte* at = bytes.data();
  const auto take = [&at](void* to, size_t size) {
    std::memcpy(to, at, size);
    at += size;
  };
  take(axes.centre_.data(), dimension * sizeof(float));
  take(&axes.axis_scale_, sizeof axes.axis_scale_);
  if (!std::ranges::all_of(axes.centre_, [](float x) { return std::isfinite(x); }) ||
      !std::isnormal(axes.axis_scale_)) {
    return bad("not all of its numbers are finite");
  }
  axes.words_.resize(axes.axis_count_ * axes.stride());
  for (size_t j = 0; j < axes.axis_count_; ++j) {
    take(&axes.words_[j * axes.stride()], dimension * sizeof(int16_t));
  }
  if (!std::ranges::all_of(axes.words_, [](int16_t word) { return std::abs(word) <= kWordMax; })) {
    return bad("an axis is longer than 1");
  }
  return axes;
}

}  // namespace strata
