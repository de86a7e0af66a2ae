#include "quant/rabit_quantizer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "quant/rabit_levels.h"
#include "quant/scalar_quantizer.h"
#include "vector/bit_kernels.h"
#include "vector/distance.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

uint32_t Padded(size_t dimension) {
  return static_cast<uint32_t>((dimension + kPackedBlock - 1) / kPackedBlock * kPackedBlock);
}

void Subtract(std::span<const float> centre, float factor, std::vector<float>* vector) {
  for (size_t i = 0; i < centre.size(); ++i) (*vector)[i] -= factor * centre[i];
}

}  // namespace

RabitQuantizer::RabitQuantizer(Metric metric, uint32_t bits, std::vector<float> centre, float scale,
                               uint64_t seed)
    : metric_(metric),
      bits_(bits),
      centre_(std::move(centre)),
      scale_(scale),
      squared_centre_(Dot(centre_.data(), centre_.data(), centre_.size())),
      rotation_(static_cast<uint32_t>(centre_.size()), Padded(centre_.size()), seed) {}

size_t RabitQuantizer::code_bytes() const { return PackedBytes(padded_dimension(), bits_); }

std::vector<float> RabitQuantizer::Centre() const {
  std::vector<float> centre = centre_;
  for (float& x : centre) x /= scale_;
  return centre;
}

std::vector<float> RabitQuantizer::Scaled(std::span<const float> vector) const {
  std::vector<float> scaled(padded_dimension());
  const float scale = scale_ * CodingScale(metric_, vector.data(), dimension());
  for (size_t i = 0; i < dimension(); ++i) scaled[i] = vector[i] * scale;
  return scaled;
}

RabitTerms RabitQuantizer::EncodeRow(std::span<const float> vector, uint8_t* code) const {
  std::vector<float> residual = Scaled(vector);
  Subtract(centre_, 1, &residual);
  const float along_centre = Dot(residual.data(), centre_.data(), dimension());
  rotation_.Apply(residual.data());

  const double d = padded_dimension();
  std::vector<uint8_t> levels(padded_dimension());
  const FittedLevels fit = FitLevels(residual, bits_, levels.data());
  PackLevels(levels.data(), levels.size(), bits_, code);

  const double squared_norm = Dot(residual.data(), residual.data(), residual.size());
  RabitTerms terms = {.add = metric_ == Metric::kDot ? along_centre : static_cast<float>(squared_norm)};
  if (fit.product > 0) {
    const double squared_cosine =
        std::min(1.0, fit.product * fit.product / (fit.squared_norm * squared_norm));
    terms.rescale = static_cast<float>(squared_norm / fit.product);
    terms.error =
        static_cast<float>(std::sqrt(squared_norm * (1 - squared_cosine) / squared_cosine / (d - 1)));
    terms.query_error = static_cast<float>(std::sqrt(squared_norm / squared_cosine / d));
  }
  // A row so far out that its squares are no floats: ordered last, and no bound keeps it from being rescored.
  if (!std::isfinite(squared_norm) || !std::isfinite(along_centre)) {
    constexpr float kMax = std::numeric_limits<float>::max();
    return {.add = metric_ == Metric::kDot ? 0 : kMax, .rescale = 0, .error = kMax, .query_error = kMax};
  }
  return terms;
}

RabitQuery RabitQuantizer::EncodeQuery(std::span<const float> vector) const {
  std::vector<float> rest = Scaled(vector);
  RabitQuery query;
  if (metric_ == Metric::kDot) {
    const float along_centre = Dot(rest.data(), centre_.data(), dimension());
    const float share = squared_centre_ > 0 ? along_centre / squared_centre_ : 0;
    query.base = -along_centre;
    query.add_factor = -share;
    Subtract(centre_, share, &rest);
  } else {
    Subtract(centre_, 1, &rest);
    query.base = Dot(rest.data(), rest.data(), dimension());
    query.add_factor = 1;
  }
  rotation_.Apply(rest.data());

  std::vector<int8_t> integers(padded_dimension());
  const bool few_levels = bits_ == 1;
  const float step = RoundToIntegers(rest, few_levels ? kQueryPlaneMax : kQueryByteMax,
                                     few_levels ? Rounding::kDithered : Rounding::kNearest, integers.data());
  int sum = 0;
  std::vector<float> rounding(rest.size());
  for (size_t i = 0; i < rest.size(); ++i) {
    sum += integers[i];
    rounding[i] = rest[i] - step * static_cast<float>(integers[i]);
  }
  query.offset = static_cast<float>(((1 << bits_) - 1) / 2.0 * sum);
  query.dot_factor = metric_ == Metric::kDot ? -step : -2 * step;
  query.norm = Norm(rest.data(), rest.size());
  query.rounding_norm = Norm(rounding.data(), rounding.size());

  if (bits_ > 1) {
    query.bytes = std::move(integers);
    return query;
  }
  const size_t plane_bytes = code_bytes();
  query.planes.resize(kQueryPlanes * plane_bytes);
  for (uint32_t j = 0; j < kQueryPlanes; ++j)
    PackBit(integers.data(), integers.size(), j, query.planes.data() + j * plane_bytes);
  return query;
}

float RabitQuantizer::RawError(const RabitQuery& query, const RabitTerms& terms) const {
  const float by_row = terms.error * query.norm;
  const float by_query = terms.query_error * query.rounding_norm;
  const float deviation = std::sqrt(by_row * by_row + by_query * by_query);
  return kEpsilon * (metric_ == Metric::kDot ? deviation : 2 * deviation);
}

float RabitQuantizer::ToMetric(float raw) const {
  switch (metric_) {
    case Metric::kL2:
      return std::sqrt(std::max(raw, 0.0f)) / scale_;
    case Metric::kCosine:
      return std::max(raw, 0.0f) / 2 / scale_ / scale_;
    case Metric::kDot:
      break;
  }
  return raw / scale_ / scale_;
}

std::vector<std::byte> RabitQuantizer::Serialize() const {
  static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");
  std::vector<std::byte> bytes(static_cast<size_t>(SerializedBytes(dimension())));
  const uint64_t seed = rotation_.seed();
  std::memcpy(bytes.data(), &bits_, sizeof bits_);
  std::memcpy(bytes.data() + 4, &scale_, sizeof scale_);
  std::memcpy(bytes.data() + 8, &seed, sizeof seed);
  std::memcpy(bytes.data() + kHeaderBytes, centre_.data(), centre_.size() * sizeof(float));
  return bytes;
}

Result<RabitQuantizer> RabitQuantizer::Parse(Metric metric, uint32_t dimension, uint32_t bits,
                                             std::span<const std::byte> bytes) {
  if (bytes.size() != SerializedBytes(dimension)) {
    return Fail(ErrorCode::kCorruption,
                {"rabitq quantizer: ", bytes.size(), " bytes, expected ", SerializedBytes(dimension)});
  }
  uint32_t found_bits = 0;
  float scale = 0;
  uint64_t seed = 0;
  std::memcpy(&found_bits, bytes.data(), sizeof found_bits);
  std::memcpy(&scale, bytes.data() + 4, sizeof scale);
  std::memcpy(&seed, bytes.data() + 8, sizeof seed);
  if (found_bits != bits) {
    return Fail(ErrorCode::kCorruption, {"rabitq quantizer: ", found_bits, " bits, expected ", bits});
  }
  if (!std::isnormal(scale) || scale < 0) {
    return Fail(ErrorCode::kCorruption, "rabitq quantizer: the scale is not a positive number");
  }
  std::vector<float> centre(dimension);
  std::memcpy(centre.data(), bytes.data() + kHeaderBytes, size_t{dimension} * sizeof(float));
  if (!std::ranges::all_of(centre, [](float x) { return std::isfinite(x); })) {
    return Fail(ErrorCode::kCorruption, "rabitq quantizer: not all of its numbers are finite");
  }
  return RabitQuantizer(metric, bits, std::move(centre), scale, seed);
}

}  // namespace strata
