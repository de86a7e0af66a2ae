#include "quant/scalar_trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "vector/code_kernels.h"

namespace strata {

ScalarTrainer::ScalarTrainer(size_t component_count)
    : low_(component_count, std::numeric_limits<double>::infinity()),
      high_(component_count, -std::numeric_limits<double>::infinity()) {}

void ScalarTrainer::SeeFirst(const float* components) {
  for (size_t i = 0; i < low_.size(); ++i) {
    low_[i] = std::min(low_[i], double{components[i]});
    high_[i] = std::max(high_[i], double{components[i]});
  }
}

void ScalarTrainer::StartSecondPass() {
  double radius_max = 0;
  for (size_t i = 0; i < low_.size(); ++i) radius_max = std::max(radius_max, high_[i] - Middle(i));
  bin_width_ = radius_max / kBinCount;
}

void ScalarTrainer::SeeAgain(const float* components) {
  if (bin_width_ < 0) StartSecondPass();
  for (size_t i = 0; i < low_.size(); ++i) {
    const double bin = bin_width_ > 0 ? std::fabs(components[i] - Middle(i)) / bin_width_ : 0;
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

ScalarQuantizer ScalarTrainer::Finish(Metric metric, LeadingAxes axes, float norm_max) const {
  const double radius = bin_width_ > 0 ? BestRadius() : 0;
  float step = static_cast<float>(2 * radius / kCodeMax);
  if (!std::isnormal(step)) step = 1;  // All rows are equal, or there is none: any step will do.
  std::vector<float> minimum(low_.size());
  for (size_t i = 0; i < minimum.size(); ++i) {
    if (low_[i] <= high_[i]) minimum[i] = static_cast<float>(Middle(i) - radius);
  }
  return ScalarQuantizer(metric, std::move(axes), std::move(minimum), step, norm_max);
}

}  // namespace strata
