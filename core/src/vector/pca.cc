#include "vector/pca.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bytes/mix.h"
#include "vector/float_kernels.h"

namespace strata {

PcaFit::PcaFit(std::vector<float> rows, size_t dimension, const PcaOptions& options)
    : rows_(std::move(rows)),
      axis_count_(std::min(options.axis_count, dimension)),
      row_count_(dimension == 0 ? 0 : rows_.size() / dimension),
      rounds_left_(row_count_ == 0 ? 0 : options.rounds_max) {
  const size_t d = dimension;
  pca_ = {.dimension = d,
          .mean = std::vector<float>(d),
          .axes = std::vector<float>(axis_count_ * d),
          .variance_share = std::vector<float>(axis_count_)};
  for (size_t i = 0; i < row_count_; ++i) {
    AddScaled(1 / static_cast<float>(row_count_), Row(i), pca_.mean.data(), d);
  }
  for (size_t i = 0; i < row_count_; ++i) {
    AddScaled(-1, pca_.mean.data(), &rows_[i * d], d);
    total_ += Dot(Row(i), Row(i), d);
  }
  // Directions that are drawn at random are hardly orthogonal to any axis.
  next_.resize(axis_count_ * d);
  for (size_t i = 0; i < next_.size(); ++i) {
    next_[i] = static_cast<float>(static_cast<int32_t>(MixBits(kGoldenRatio * (i + 1)) >> 32)) * 0x1p-31f;
  }
  variance_.resize(axis_count_);
  EndRound();
}

bool PcaFit::Step() {
  constexpr size_t kRowsPerStep = 16;
  if (rounds_left_ == 0) return true;
  for (size_t end = std::min(next_row_ + kRowsPerStep, row_count_); next_row_ < end; ++next_row_) {
    MultiplyRow(next_row_);
  }
  if (next_row_ < row_count_) return false;
  next_row_ = 0;
  --rounds_left_;
  if (EndRound()) rounds_left_ = 0;
  return rounds_left_ == 0;
}

void PcaFit::MultiplyRow(size_t i) {
  const float* const row = Row(i);
  for (size_t j = 0; j < axis_count_; ++j) {
    AddScaled(Dot(Axis(j), row, pca_.dimension), row, Next(j), pca_.dimension);
  }
}

// Axis j is kept orthogonal to the ones before it, so it converges to the j-th axis while they converge to
// theirs.
bool PcaFit::EndRound() {
  constexpr float kConverged = 1e-6f;  // 1 - |cosine| between the axis of one round and of the next.
  const size_t d = pca_.dimension;
  bool converged = true;
  for (size_t j = 0; j < axis_count_; ++j) {
    variance_[j] = Dot(Axis(j), Next(j), d);
    for (size_t before = 0; before < j; ++before) {
      AddScaled(-Dot(Axis(before), Next(j), d), Axis(before), Next(j), d);
    }
    const float length = std::sqrt(Dot(Next(j), Next(j), d));
    if (!(length > 0)) continue;  // No variance is left in this direction: any axis will do.
    converged = converged && 1 - std::fabs(Dot(Axis(j), Next(j), d)) / length < kConverged;
    for (size_t i = 0; i < d; ++i) Axis(j)[i] = Next(j)[i] / length;
  }
  std::ranges::fill(next_, 0.0f);
  return converged;
}

Pca PcaFit::Take() {
  const size_t d = pca_.dimension;
  for (size_t j = 0; j < axis_count_; ++j) {
    size_t largest = 0;
    for (size_t i = 1; i < d; ++i) {
      if (std::fabs(Axis(j)[i]) > std::fabs(Axis(j)[largest])) largest = i;
    }
    if (Axis(j)[largest] < 0) {
      for (size_t i = 0; i < d; ++i) Axis(j)[i] = -Axis(j)[i];
    }
    if (total_ > 0) pca_.variance_share[j] = static_cast<float>(std::clamp(variance_[j] / total_, 0.0, 1.0));
  }
  return std::move(pca_);
}

Pca FitPca(std::span<const float> rows, size_t dimension, const PcaOptions& options) {
  PcaFit fit({rows.begin(), rows.end()}, dimension, options);
  while (!fit.Step()) {
  }
  return fit.Take();
}

std::vector<float> Pca::Project(std::span<const float> rows) const {
  const size_t axis_count = variance_share.size();
  std::vector<float> points(dimension == 0 ? 0 : rows.size() / dimension * axis_count);
  for (size_t j = 0; j < axis_count; ++j) {
    const float* const axis = &axes[j * dimension];
    const float offset = Dot(mean.data(), axis, dimension);
    for (size_t at = 0, point = j; at + dimension <= rows.size(); at += dimension, point += axis_count) {
      points[point] = Dot(&rows[at], axis, dimension) - offset;
    }
  }
  return points;
}

}  // namespace strata
