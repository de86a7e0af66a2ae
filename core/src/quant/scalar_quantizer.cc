#include "quant/scalar_quantizer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "bytes/append.h"
#include "vector/code_kernels.h"
#include "vector/distance.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

// Fashion-MNIST on 128 of its 784 axes, the 10 nearest of 1,000 queries: walks that keep 20 candidates find
// 94.0% of them with a share of 0, 95.7% with 0.5 and 94.9% with 1; those that keep 40 find 99.0%, 99.2% and
// 98.7%.
constexpr float kLeftOutShare = 0.5f;

}  // namespace

float CodingScale(Metric metric, const float* vector, size_t d) {
  if (metric != Metric::kCosine) return 1;
  const float norm = Norm(vector, d);
  return norm > 0 ? 1 / norm : 0;
}

ScalarQuantizer::ScalarQuantizer(Metric metric, LeadingAxes axes, std::vector<float> minimum, float step,
                                 float norm_max)
    : metric_(metric),
      axes_(std::move(axes)),
      minimum_(std::move(minimum)),
      step_(step),
      inverse_step_(1 / step),
      squared_step_(step * step),
      norm_max_(norm_max) {
  if (metric_ == Metric::kDot)
    half_squared_minimum_ = Dot(minimum_.data(), minimum_.data(), minimum_.size()) / 2;
}

CodeTerms ScalarQuantizer::EncodeRow(std::span<const float> vector, uint8_t* code) const {
  CodeTerms terms = EncodeQuery(vector, code);
  if (metric_ == Metric::kDot) {
    const float norm = Norm(vector.data(), vector.size());
    terms.lift = std::sqrt(std::max(0.0f, (norm_max_ - norm) * (norm_max_ + norm)));
  }
  return terms;
}

CodeTerms ScalarQuantizer::EncodeQuery(std::span<const float> vector, uint8_t* code) const {
  const float scale = CodingScale(metric_, vector.data(), vector.size());
  if (axes_.axis_count() == 0) return EncodeComponents(vector.data(), scale, 0, code);
  std::vector<float> components(minimum_.size());
  const float left_out = axes_.Apply(vector.data(), scale, components.data());
  return EncodeComponents(components.data(), 1, left_out, code);
}

CodeTerms ScalarQuantizer::EncodeComponents(const float* components, float scale, float left_out,
                                            uint8_t* code) const {
  const size_t d = minimum_.size();
  for (size_t i = 0; i < d; ++i) {
    const float level = (components[i] * scale - minimum_[i]) * inverse_step_ + 0.5f;
    // Written so that a NaN from an overflow becomes 0 and never reaches the conversion.
    const float clipped = level > 0 ? (level < kCodeMax ? level : float{kCodeMax}) : 0;
    code[i] = static_cast<uint8_t>(static_cast<int>(clipped));
  }

  if (metric_ == Metric::kDot) {
    double product = 0;
    for (size_t i = 0; i < d; ++i) product += double{minimum_[i]} * code[i];
    return {.term = std::bit_cast<uint32_t>(static_cast<float>(-(step_ * product + half_squared_minimum_)))};
  }
  uint32_t squared_norm = 0;
  for (size_t i = 0; i < d; ++i) squared_norm += uint32_t{code[i]} * code[i];
  constexpr float kLeftOutMax = 0x1p29f;  // Two of them leave room for the rest.
  // Written so that a NaN, of a step whose square is 0, becomes a number too.
  const float steps = kLeftOutShare * left_out / squared_step_;
  const float added = steps < kLeftOutMax ? steps : kLeftOutMax;
  return {.term = squared_norm + static_cast<uint32_t>(added)};
}

float ScalarQuantizer::ToMetric(float raw) const {
  switch (metric_) {
    case Metric::kL2:
      return step_ * std::sqrt(raw);
    case Metric::kCosine:
      return squared_step_ / 2 * raw;
    case Metric::kDot:
      break;
  }
  return raw;
}

std::vector<std::byte> ScalarQuantizer::Serialize() const {
  static_assert(std::endian::native == std::endian::little, "floats are written as they lie in memory");
  std::vector<float> numbers = {step_, norm_max_};
  AppendAll(minimum_, &numbers);
  const std::span<const std::byte> bytes = std::as_bytes(std::span(numbers));
  return {bytes.begin(), bytes.end()};
}

Result<ScalarQuantizer> ScalarQuantizer::Parse(Metric metric, LeadingAxes axes, size_t component_count,
                                               std::span<const std::byte> bytes) {
  if (bytes.size() != SerializedBytes(component_count)) {
    return Fail(ErrorCode::kCorruption,
                {"sq8 quantizer: ", bytes.size(), " bytes, expected ", SerializedBytes(component_count)});
  }
  std::vector<float> numbers(component_count + 2);
  std::memcpy(numbers.data(), bytes.data(), bytes.size());
  if (!std::ranges::all_of(numbers, [](float x) { return std::isfinite(x); })) {
    return Fail(ErrorCode::kCorruption, "sq8 quantizer: not all of its numbers are finite");
  }
  if (!std::isnormal(numbers[0]) || numbers[0] < 0) {
    return Fail(ErrorCode::kCorruption, "sq8 quantizer: the step is not a positive number");
  }
  return ScalarQuantizer(metric, std::move(axes), {numbers.begin() + 2, numbers.end()}, numbers[0],
                         numbers[1]);
}

}  // namespace strata
