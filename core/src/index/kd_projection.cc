#include "index/kd_projection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "bytes/append.h"
#include "vector/box_kernels.h"
#include "vector/distance.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

constexpr double kUnit = 0x1p-24;

// The largest sum of |a_j . a_k| over k, which the squared norm of the axes does not exceed (Gershgorin).
double SquaredNormMax(std::span<const float> axes, size_t axis_count, size_t d) {
  double norm_max = 0;
  for (size_t j = 0; j < axis_count; ++j) {
    double sum = 0;
    for (size_t k = 0; k < axis_count; ++k) {
      double dot = 0;
      for (size_t i = 0; i < d; ++i) dot += double{axes[j * d + i]} * axes[k * d + i];
      sum += std::fabs(dot);
    }
    norm_max = std::max(norm_max, sum);
  }
  return norm_max;
}

}  // namespace

KdProjection::KdProjection(std::vector<float> mean, std::vector<float> axes, float row_radius)
    : mean_(std::move(mean)),
      place_stride_((mean_.size() + kColumnAlignment - 1) / kColumnAlignment * kColumnAlignment),
      axis_count_(mean_.empty() ? 0 : static_cast<uint32_t>(axes.size() / mean_.size())),
      row_radius_(row_radius) {
  const size_t d = mean_.size();
  stretch_ = SquaredNormMax(axes, axis_count_, d) * (1 + 4 * (axis_count_ + 8) * kUnit);
  axes_.resize(stride() * place_stride_);
  for (size_t j = 0; j < axis_count_; ++j) std::copy_n(&axes[j * d], d, &axes_[j * place_stride_]);
}

std::vector<float> KdProjection::Axes() const {
  const size_t d = mean_.size();
  std::vector<float> axes;
  for (size_t j = 0; j < axis_count_; ++j) AppendAll(std::span(&axes_[j * place_stride_], d), &axes);
  return axes;
}

uint32_t KdProjection::stride() const {
  return static_cast<uint32_t>((axis_count_ + kBoxAlignment - 1) / kBoxAlignment * kBoxAlignment);
}

float KdProjection::Coordinates(float* place, float* coordinates) const {
  const size_t d = mean_.size();
  for (size_t i = 0; i < d; ++i) place[i] -= mean_[i];
  std::fill(place + d, place + place_stride_, 0.0f);
  MultiplyRows(axes_.data(), stride(), place_stride_, place, 1, coordinates);
  return Norm(place, d);
}

void KdProjection::Interval(float* place, float* low, float* high) const {
  const double length = Coordinates(place, low);
  const double error = 1.01 * (dimension() + 8.0) * kUnit * std::sqrt(stretch_) * (length + row_radius_);
  for (size_t j = 0; j < axis_count_; ++j) {
    const double coordinate = low[j];
    const double width = error + 4 * kUnit * std::fabs(coordinate);
    const auto lower = static_cast<float>(coordinate - width);
    const auto upper = static_cast<float>(coordinate + width);
    const bool known = std::isfinite(lower) && std::isfinite(upper);
    low[j] = known ? lower : -std::numeric_limits<float>::infinity();
    high[j] = known ? upper : std::numeric_limits<float>::infinity();
  }
  std::fill(low + axis_count_, low + stride(), 0.0f);
  std::fill(high + axis_count_, high + stride(), 0.0f);
}

}  // namespace strata
