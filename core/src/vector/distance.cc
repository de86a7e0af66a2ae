#include "vector/distance.h"

#include <cmath>

#include "vector/float_kernels.h"

namespace strata {
namespace {

struct WideSums {
  double squared_difference = 0;
  double dot = 0;
  double squared_norm_a = 0;
  double squared_norm_b = 0;
};

// For the rare vectors whose squares leave the range of float. Doubles hold the square of any float.
[[gnu::cold]] WideSums SumWide(const float* a, const float* b, size_t d) {
  WideSums sums;
  for (size_t i = 0; i < d; ++i) {
    const double x = a[i], y = b[i];
    sums.squared_difference += (x - y) * (x - y);
    sums.dot += x * y;
    sums.squared_norm_a += x * x;
    sums.squared_norm_b += y * y;
  }
  return sums;
}

[[gnu::cold]] float WideDistance(Metric metric, const float* a, const float* b, size_t d) {
  const WideSums sums = SumWide(a, b, d);
  switch (metric) {
    case Metric::kL2:
      return static_cast<float>(std::sqrt(sums.squared_difference));
    case Metric::kCosine: {
      const double norms = std::sqrt(sums.squared_norm_a) * std::sqrt(sums.squared_norm_b);
      return norms > 0 ? static_cast<float>(1 - sums.dot / norms) : 1;
    }
    case Metric::kDot:
      break;
  }
  return static_cast<float>(-sums.dot);
}

// Whether a sum of squares neither overflowed nor lost its precision to numbers that are too small.
bool InRange(float squares) { return squares > 1e-30f && squares < 1e38f; }

}  // namespace

float Norm(const float* a, size_t d) {
  const float squared_norm = Dot(a, a, d);
  if (InRange(squared_norm)) return std::sqrt(squared_norm);
  return static_cast<float>(std::sqrt(SumWide(a, a, d).squared_norm_a));
}

float Distance(Metric metric, const float* a, const float* b, size_t d) {
  return ExactDistance(metric, {a, d})(b);
}

ExactDistance::ExactDistance(Metric metric, std::span<const float> query) : metric_(metric), query_(query) {
  if (metric == Metric::kCosine) query_squared_norm_ = Dot(query.data(), query.data(), query.size());
}

float ExactDistance::operator()(const float* row) const {
  const float* const query = query_.data();
  const size_t d = query_.size();
  switch (metric_) {
    case Metric::kL2: {
      const float squared = SquaredL2(query, row, d);
      if (InRange(squared)) [[likely]]
        return std::sqrt(squared);
      break;
    }
    case Metric::kCosine: {
      const DotAndSquaredNorm sums = DotWithSquaredNorm(query, row, d);
      if (InRange(sums.squared_norm) && InRange(query_squared_norm_)) [[likely]] {
        return 1 - sums.dot / (std::sqrt(query_squared_norm_) * std::sqrt(sums.squared_norm));
      }
      break;
    }
    case Metric::kDot: {
      const float dot = Dot(query, row, d);
      if (std::isfinite(dot)) [[likely]]
        return -dot;
      break;
    }
  }
  return WideDistance(metric_, query, row, d);
}

void ExactDistance::Batch(const float* rows, size_t count, float* out) const {
  for (size_t i = 0; i < count; ++i) out[i] = (*this)(rows + i * query_.size());
}

}  // namespace strata
