#include "quant/scalar_trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "vector/code_kernels.h"
#include "vector/distance.h"

namespace strata {

ScalarTrainer::ScalarTrainer(Metric metric, uint32_t dimension)
    : metric_(metric),
      low_(dimension, std::numeric_limits<double>::infinity()),
      high_(dimension, -std::numeric_limits<double>::infinity()) {}

void ScalarTrainer::SeeFirst(const float* row) {
  norm_max_ = std::max(norm_max_, Norm(row, low_.size()));
  const double scale = CodingScale(metric_, row, low_.size());
  for (size_t i = 0; i < low_.size(); ++i) {
    low_[i] = std::min(low_[i], row[i] * scale);
    high_[i] = std::max(high_[i], row[i] * scale);
  }
}

void ScalarTrainer::StartSecondPass() {
  double radius_max = 0;
  for (size_t i = 0; i < low_.size(); ++i) radius_max = std::max(radius_max, high_[i] - Middle(i));
  bin_width_ = radius_max / kBinCount;
}

void ScalarTrainer::SeeAgain(const float* row) {
  if (bin_width_ < 0) StartSecondPass();
  const double scale = CodingScale(metric_, row, low_.size());
  for (size_t i = 0; i < low_.size(); ++i) {
    const double bin = bin_width_ > 0 ? std::fabs(row[i] * scale - Middle(i)) / bin_width_ : 0;
    ++bin_count_[std::min(static_cast<size_t>(bin), kBinCount - 1)];
  }
}

double ScalarTrainer::BestRadius() const {
  double best_radius = 0;
  double best_error = std::numeric_limits<double>::infinity();
  for (size_t kept = kBinCount; kept > 0; --kept) {
    const double radius = bin_width_ * static_cast<double>(kept);
    const double step = 2 * radius / kCodeMax;
    double error = 0;
    for (size_t bin = 0; bin < kBinCount; ++bin) {
      const double clipped = bin_width_ * (static_cast<double>(bin) + 0.5) - radius;
      error += static_cast<double>(bin_count_[bin]) * (bin < kept ? step * step / 12 : clipped * clipped);
    }
    if (error < best_error) {
      best_error = error;
      best_radius = radius;
    }
  }
  return best_radius;
}

ScalarQuantizer ScalarTrainer::Finish() const {
  const double radius = bin_width_ > 0 ? BestRadius() : 0;
  float step = static_cast<float>(2 * radius / kCodeMax);
  if (!std::isnormal(step)) step = 1;  // All rows are equal, or there is none: any step will do.
  std::vector<float> minimum(low_.size());
  for (size_t i = 0; i < minimum.size(); ++i) {
    if (low_[i] <= high_[i]) minimum[i] = static_cast<float>(Middle(i) - radius);
  }
  return ScalarQuantizer(metric_, std::move(minimum), step, norm_max_);
}

}  // namespace strata
