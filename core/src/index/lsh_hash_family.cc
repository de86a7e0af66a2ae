#include "index/lsh_hash_family.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "bytes/append.h"
#include "bytes/random_bits.h"
#include "quant/scalar_quantizer.h"
#include "vector/distance.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

// Slots farther out are one: nothing lies there but by accident, and sums of slots stay inside 32 bits.
constexpr float kSlotMax = 1 << 30;

size_t StrideOf(uint32_t point_dimension) {
  return (point_dimension + kColumnAlignment - 1) / kColumnAlignment * kColumnAlignment;
}

// In (0, 1).
double Unit(uint64_t bits) { return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; }

// Independent normal numbers, two from two uniform ones. Box & Muller, "A note on the generation of random
// normal deviates", Annals of Mathematical Statistics 29(2), 1958.
void FillNormal(uint64_t seed, std::span<float> out) {
  for (size_t i = 0; i < out.size(); i += 2) {
    const double radius = std::sqrt(-2 * std::log(Unit(RandomBits(seed, i))));
    const double angle = 2 * std::numbers::pi * Unit(RandomBits(seed, i + 1));
    out[i] = static_cast<float>(radius * std::cos(angle));
    if (i + 1 < out.size()) out[i + 1] = static_cast<float>(radius * std::sin(angle));
  }
}

}  // namespace

LshHashFamily::LshHashFamily(const Shape& shape, float longest, uint64_t seed)
    : shape_(shape),
      longest_(longest),
      stride_(StrideOf(point_dimension())),
      directions_(function_count() * stride_),
      shifts_(function_count()),
      multipliers_(function_count()) {
  for (uint32_t table = 0; table < shape.table_count; ++table) {
    const uint64_t table_seed = RandomBits(seed, table);
    for (uint32_t i = 0; i < shape.hash_count; ++i) {
      const uint32_t function = table * shape.hash_count + i;
      const uint64_t function_seed = RandomBits(table_seed, i);
      FillNormal(function_seed, {&directions_[function * stride_], point_dimension()});
      if (shape.kind == LshKind::kHyperplanes) {
        multipliers_[function] = uint32_t{1} << (31 - i);
        continue;
      }
      const uint64_t bits = RandomBits(~function_seed, 0);
      shifts_[function] = static_cast<float>(bits >> 40) * 0x1p-24f;
      multipliers_[function] = static_cast<uint32_t>(bits) | 1;
    }
  }
}

LshHashFamily::LshHashFamily(const Shape& shape, float longest, float width,
                             std::span<const float> directions, std::vector<float> shifts,
                             std::vector<uint32_t> multipliers)
    : shape_(shape),
      longest_(longest),
      stride_(StrideOf(point_dimension())),
      directions_(function_count() * stride_),
      shifts_(std::move(shifts)),
      multipliers_(std::move(multipliers)) {
  set_width(width);
  for (uint32_t function = 0; function < function_count(); ++function) {
    std::copy_n(&directions[size_t{function} * point_dimension()], point_dimension(),
                &directions_[function * stride_]);
  }
}

void LshHashFamily::SetCentre(const float* centre) {
  for (uint32_t function = 0; function < function_count(); ++function) {
    shifts_[function] = -Dot(&directions_[function * stride_], centre, point_dimension());
  }
}

void LshHashFamily::PrepareQuery(const float* vector, float* point) const {
  const uint32_t d = shape_.dimension;
  // A query's length never matters to the order of dot products.
  const float scale = CodingScale(shape_.metric == Metric::kL2 ? Metric::kL2 : Metric::kCosine, vector, d);
  for (uint32_t i = 0; i < d; ++i) point[i] = vector[i] * scale;
  std::fill(point + d, point + stride_, 0.0f);
}

void LshHashFamily::PrepareRow(const float* vector, float* point) const {
  if (shape_.metric != Metric::kDot) return PrepareQuery(vector, point);
  const uint32_t d = shape_.dimension;
  const float scale = 1 / longest_;
  for (uint32_t i = 0; i < d; ++i) point[i] = vector[i] * scale;
  std::fill(point + d, point + stride_, 0.0f);
  const float length = Norm(vector, d) * scale;
  point[d] = std::sqrt(std::max(0.0f, (1 - length) * (1 + length)));
}

float LshHashFamily::SquaredPointDistance(float distance, float query_length) const {
  if (shape_.metric == Metric::kL2) return distance * distance;
  if (shape_.metric == Metric::kDot) {
    const float lengths = query_length * longest_;
    distance = 1 + (lengths > 0 ? distance / lengths : 0);
  }
  return 2 * std::max(0.0f, distance);
}

void LshHashFamily::Project(const float* points, size_t count, float* products) const {
  MultiplyRows(directions_.data(), function_count(), stride_, points, count, products);
}

int32_t LshHashFamily::Slot(float place) const {
  if (shape_.kind == LshKind::kHyperplanes) return place >= 0;
  // Written so that a NaN from an overflow becomes a slot too and never reaches the conversion.
  const float bounded = place > -kSlotMax ? (place < kSlotMax ? place : kSlotMax) : -kSlotMax;
  return static_cast<int32_t>(std::floor(bounded));
}

uint32_t LshHashFamily::Key(uint32_t table, const float* products) const {
  uint32_t key = 0;
  const uint32_t first = table * shape_.hash_count;
  for (uint32_t function = first; function < first + shape_.hash_count; ++function) {
    key += multipliers_[function] * static_cast<uint32_t>(Slot(Place(function, products[function])));
  }
  return key;
}

bool LshHashFamily::AreMultipliers(const Shape& shape, std::span<const uint32_t> multipliers) {
  for (size_t function = 0; function < multipliers.size(); ++function) {
    const uint32_t multiplier = multipliers[function];
    const bool fits = shape.kind == LshKind::kPStable
                          ? multiplier % 2 == 1
                          : multiplier == uint32_t{1} << (31 - function % shape.hash_count);
    if (!fits) return false;
  }
  return true;
}

std::vector<float> LshHashFamily::Directions() const {
  std::vector<float> directions;
  directions.reserve(size_t{function_count()} * point_dimension());
  for (uint32_t function = 0; function < function_count(); ++function) {
    AppendAll(std::span(&directions_[function * stride_], point_dimension()), &directions);
  }
  return directions;
}

double HyperplaneCollisionProbability(double angle) { return 1 - angle / std::numbers::pi; }

double PStableCollisionProbability(double distance, double width) {
  const double ratio = width / distance;
  return std::erf(ratio / std::numbers::sqrt2) -
         std::sqrt(2 / std::numbers::pi) / ratio * (1 - std::exp(-ratio * ratio / 2));
}

}  // namespace strata
