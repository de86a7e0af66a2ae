#include "quant/product_trainer.h"

#include <algorithm>
#include <utility>

namespace strata {
namespace {

constexpr size_t kStepRows = 64;
constexpr size_t kSampleBytesMax = size_t{64} << 20;

size_t SampleRows(const ProductShape& shape, uint32_t row_count) {
  const size_t wanted = shape.centroid_count() * (shape.bits == 8 ? 32 : 256);
  const size_t room = kSampleBytesMax / (shape.dimension * sizeof(float));
  return std::min({wanted, room, size_t{row_count}});
}

}  // namespace

ProductTrainer::ProductTrainer(Metric metric, const ProductShape& shape, uint64_t seed, RowVectors* rows)
    : metric_(metric),
      shape_(shape),
      seed_(seed),
      rows_(rows),
      sample_rows_(SampleRows(shape, rows->row_count())),
      centroids_(size_t{shape.dimension} * shape.centroid_count()) {
  sample_.reserve(sample_rows_ * shape.dimension);
}

Result<bool> ProductTrainer::Step() {
  switch (phase_) {
    case Phase::kSample:
      STRATA_RETURN_IF_ERROR(ReadSample());
      break;
    case Phase::kCovariance:
      if (balance_->Step()) break;
      rotation_ = balance_->Finish();
      balance_.reset();
      rotated_.resize(sample_.size());
      phase_ = Phase::kRotate;
      break;
    case Phase::kRotate:
      RotateSample();
      break;
    case Phase::kSlices:
      TrainSlice();
      break;
    case Phase::kDone:
      break;
  }
  return phase_ == Phase::kDone;
}

Result<void> ProductTrainer::ReadSample() {
  const size_t d = shape_.dimension;
  for (const size_t end = std::min(sample_rows_, at_ + kStepRows); at_ < end; ++at_) {
    const Row row = static_cast<Row>(uint64_t{rows_->row_count()} * at_ / sample_rows_);
    if (!rows_->Has(row)) continue;
    STRATA_ASSIGN_OR_RETURN(const float* const vector, rows_->Get(row));
    sample_.resize(sample_.size() + d);
    NormalizeForCoding(metric_, vector, d, sample_.data() + sample_.size() - d);
  }
  if (at_ < sample_rows_) return {};
  at_ = 0;
  phase_ = shape_.rotated ? Phase::kCovariance : Phase::kSlices;
  if (shape_.rotated) balance_.emplace(shape_, sample_);
  return {};
}

void ProductTrainer::RotateSample() {
  const size_t d = shape_.dimension;
  const size_t row_count = std::min(kStepRows, sample_.size() / d - at_);
  RotateRows(rotation_.data(), sample_.data() + at_ * d, row_count, d, rotated_.data() + at_ * d);
  at_ += row_count;
  if (at_ * d < sample_.size()) return;
  at_ = 0;
  phase_ = Phase::kSlices;
  sample_ = std::exchange(rotated_, {});
}

void ProductTrainer::TrainSlice() {
  const auto slice = static_cast<uint32_t>(at_);
  const size_t d = shape_.dimension;
  if (!slice_) {
    slice_.emplace(SliceRows{.values = sample_.data() + shape_.SliceBegin(slice),
                             .stride = d,
                             .width = shape_.SliceWidth(slice),
                             .row_count = sample_.size() / d},
                   shape_.centroid_count(), seed_ + slice);
  }
  if (slice_->Step()) return;
  const RowMajorMatrixXf& found = slice_->centroids();
  std::copy_n(found.data(), found.size(),
              centroids_.begin() +
                  static_cast<ptrdiff_t>(shape_.SliceBegin(slice) * size_t{shape_.centroid_count()}));
  slice_.reset();
  if (++at_ == shape_.slice_count) phase_ = Phase::kDone;
}

double ProductTrainer::progress() const {
  switch (phase_) {
    case Phase::kSample:
    case Phase::kCovariance:
    case Phase::kRotate:
      return 0;
    case Phase::kSlices:
      return static_cast<double>(at_) / shape_.slice_count;
    case Phase::kDone:
      break;
  }
  return 1;
}

size_t ProductTrainer::memory_bytes() const {
  return (sample_.capacity() + rotated_.size() + rotation_.size() + centroids_.size()) * sizeof(float);
}

ProductQuantizer ProductTrainer::Finish() {
  return ProductQuantizer(metric_, shape_, std::move(centroids_), std::move(rotation_));
}

}  // namespace strata
