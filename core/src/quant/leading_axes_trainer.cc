#include "quant/leading_axes_trainer.h"

#include <algorithm>
#include <utility>

#include "bytes/append.h"
#include "quant/row_sample.h"
#include "quant/scalar_quantizer.h"

namespace strata {
namespace {

constexpr float kShareKept = 0.93f;
constexpr size_t kAxesUnit = 16;  // The kernels' unit of a code.
constexpr size_t kAxesMax = 256;
constexpr uint32_t kDimensionMin = 256;  // Below, a distance costs no more than what else a step does.
constexpr uint32_t kSampleRows = 2048;
constexpr size_t kSampleFloatsMax = size_t{4} << 20;
constexpr int kRounds = 5;

}  // namespace

Result<void> LeadingAxesTrainer::Sample() {
  const uint32_t d = rows_->dimension();
  if (d < kDimensionMin || metric_ == Metric::kDot) return {};
  const uint32_t sample_rows = std::min(kSampleRows, static_cast<uint32_t>(kSampleFloatsMax / d));
  std::vector<float> sample;
  STRATA_RETURN_IF_ERROR(VisitSample(*rows_, sample_rows, [&](const float* vector) {
    const float scale = CodingScale(metric_, vector, d);
    AppendAll({vector, d}, &sample);
    for (size_t i = sample.size() - d; i < sample.size(); ++i) sample[i] *= scale;
  }));
  // Of few rows, that many axes say nothing about the others.
  const size_t axes_max = std::min({size_t{d} / 2, kAxesMax, sample.size() / d / 4});
  const size_t axis_count = axes_max / kAxesUnit * kAxesUnit;
  if (axis_count == 0) return {};
  memory_bytes_ = (sample.size() + 2 * axis_count * d) * sizeof(float);
  fit_.emplace(std::move(sample), d, PcaOptions{.axis_count = axis_count, .rounds_max = kRounds});
  return {};
}

Result<bool> LeadingAxesTrainer::Step(const Deadline& deadline) {
  if (!started_) STRATA_RETURN_IF_ERROR(Sample());
  started_ = true;
  while (fit_ && !fit_->Step()) {
    if (deadline.Passed()) return false;
  }
  return true;
}

LeadingAxes LeadingAxesTrainer::Take() {
  if (!fit_) return {};
  const Pca pca = fit_->Take();
  fit_.reset();
  memory_bytes_ = 0;
  float kept = 0;
  for (size_t j = 0; j < pca.variance_share.size(); ++j) {
    kept += pca.variance_share[j];
    if (kept < kShareKept) continue;
    return LeadingAxes(pca, (j / kAxesUnit + 1) * kAxesUnit);
  }
  return {};
}

}  // namespace strata
