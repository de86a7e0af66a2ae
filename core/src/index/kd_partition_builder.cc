#include "index/kd_partition_builder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "vector/distance.h"

namespace strata {
namespace {

constexpr uint32_t kSampleRows = 1024;
// Axes need not be settled to cut space well.
constexpr int kRounds = 8;

double SumOfLogs(std::span<const double> variances) {
  const double largest = std::ranges::max(variances);
  double sum = 0;
  for (const double variance : variances) sum += std::log(std::max(variance, 1e-9 * largest));
  return sum;
}

// Of each component, its part of the total variance.
std::vector<double> VarianceShares(std::span<const float> rows, std::span<const float> mean) {
  const size_t d = mean.size();
  std::vector<double> shares(d);
  double total = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const double x = double{rows[i]} - mean[i % d];
    shares[i % d] += x * x;
    total += x * x;
  }
  for (double& share : shares) share = total > 0 ? share / total : 0;
  return shares;
}

}  // namespace

KdPartitionBuilder::KdPartitionBuilder(const KdPartitionOptions& options, RowVectors* rows)
    : options_(options), rows_(rows) {}

Result<bool> KdPartitionBuilder::Step(const Deadline& deadline) {
  do {
    switch (phase_) {
      case Phase::kSurvey:
        STRATA_RETURN_IF_ERROR(SurveyRun());
        break;
      case Phase::kSample:
        STRATA_RETURN_IF_ERROR(TakeSample());
        break;
      case Phase::kAxes:
        if (fit_->Step()) ChooseAxes();
        break;
      case Phase::kCoordinates:
        STRATA_RETURN_IF_ERROR(ProjectRun());
        break;
      case Phase::kTree:
        if (!tree_.Step(deadline)) return false;
        partition_.tree = tree_.Finish(options_.keep_coordinates ? &kept_coordinates_ : nullptr);
        phase_ = Phase::kDone;
        break;
      case Phase::kDone:
        return true;
    }
  } while (!deadline.Passed());
  return phase_ == Phase::kDone;
}

Result<void> KdPartitionBuilder::SurveyRun() {
  const size_t d = rows_->dimension();
  if (next_ < rows_->row_count()) {
    STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows_->Run(next_));
    for (size_t i = 0; i < run.size(); i += d, ++next_) {
      if (!rows_->Has(next_)) continue;
      double squares = 0;
      for (size_t j = i; j < i + d; ++j) {
        component_max_ = std::max(component_max_, std::fabs(run[j]));
        squares += double{run[j]} * run[j];
      }
      length_max_ = std::max(length_max_, std::sqrt(squares));
    }
  }
  if (next_ == rows_->row_count()) phase_ = Phase::kSample;
  return {};
}

Result<void> KdPartitionBuilder::TakeSample() {
  partition_.space = KdSpace::Make(options_.metric, rows_->dimension(), component_max_, length_max_);
  const size_t d = partition_.space.place_dimension();
  const uint32_t row_count = rows_->row_count();
  const uint32_t sample_count = std::min(row_count, kSampleRows);
  for (uint32_t i = 0; i < sample_count; ++i) {
    const Row row = static_cast<Row>(uint64_t{row_count} * i / sample_count);
    if (!rows_->Has(row)) continue;
    STRATA_ASSIGN_OR_RETURN(const float* const vector, rows_->Get(row));
    sample_.resize(sample_.size() + d);
    partition_.space.PlaceRow(vector, &sample_[sample_.size() - d]);
  }
  fit_.emplace(sample_, d, PcaOptions{.axis_count = options_.axis_count_max, .rounds_max = kRounds});
  phase_ = Phase::kAxes;
  return {};
}

void KdPartitionBuilder::ChooseAxes() {
  Pca pca = fit_->Take();
  fit_.reset();
  const size_t d = pca.dimension;
  if (pca.axes.size() == d * d && !sample_.empty()) {
    std::vector<double> given = VarianceShares(sample_, pca.mean);
    std::vector<double> principal(pca.variance_share.begin(), pca.variance_share.end());
    // A fifth of a standard deviation on each axis is more than chance makes of a sample.
    const bool pays = SumOfLogs(principal) < SumOfLogs(given) + 2 * std::log(0.8) * static_cast<double>(d);
    if (!pays) {
      std::ranges::fill(pca.axes, 0.0f);
      for (size_t i = 0; i < d; ++i) pca.axes[i * d + i] = 1;
    }
  }
  sample_ = {};
  partition_.projection = KdProjection(std::move(pca.mean), std::move(pca.axes), 0);
  place_.resize(partition_.projection.place_stride());
  next_ = 0;
  phase_ = Phase::kCoordinates;
}

Result<void> KdPartitionBuilder::ProjectRun() {
  const size_t d = rows_->dimension();
  const uint32_t stride = partition_.projection.stride();
  if (next_ < rows_->row_count()) {
    STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows_->Run(next_));
    for (size_t i = 0; i < run.size(); i += d, ++next_) {
      if (!rows_->Has(next_)) continue;
      partition_.space.PlaceRow(&run[i], place_.data());
      placed_rows_.push_back(next_);
      coordinates_.resize(coordinates_.size() + stride);
      row_radius_ = std::max(row_radius_, partition_.projection.Coordinates(
                                              place_.data(), &coordinates_[coordinates_.size() - stride]));
    }
  }
  if (next_ == rows_->row_count()) {
    partition_.projection.set_row_radius(row_radius_);
    tree_ = KdTreeBuilder(partition_.projection.axis_count(), stride, options_.cell_rows_max,
                          std::exchange(placed_rows_, {}), std::exchange(coordinates_, {}));
    phase_ = Phase::kTree;
  }
  return {};
}

double KdPartitionBuilder::progress() const {
  const double passed = rows_->row_count() == 0 ? 1 : static_cast<double>(next_) / rows_->row_count();
  switch (phase_) {
    case Phase::kSurvey:
      return 0.1 * passed;
    case Phase::kSample:
      return 0.1;
    case Phase::kAxes:
      return 0.2;
    case Phase::kCoordinates:
      return 0.3 + 0.3 * passed;
    case Phase::kTree:
      return 0.6 + 0.4 * tree_.progress();
    case Phase::kDone:
      break;
  }
  return 1;
}

size_t KdPartitionBuilder::memory_bytes() const {
  return (sample_.size() + coordinates_.size() + kept_coordinates_.size()) * sizeof(float) +
         placed_rows_.size() * sizeof(Row) + tree_.memory_bytes() + partition_.memory_bytes();
}

KdPartition KdPartitionBuilder::Finish() { return std::move(partition_); }

}  // namespace strata
