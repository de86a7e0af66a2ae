#include "index/row_coder.h"

#include <algorithm>
#include <utility>

#include "quant/scalar_trainer.h"

namespace strata {
namespace {

constexpr uint32_t kSampleRows = 1024;

// Calls see(vector) for up to kSampleRows rows that have a vector, evenly over all rows.
template <typename See>
Result<void> VisitSample(RowVectors& rows, See&& see) {
  const uint32_t row_count = rows.row_count();
  const uint32_t sample_count = std::min(row_count, kSampleRows);
  for (uint32_t i = 0; i < sample_count; ++i) {
    const Row row = static_cast<Row>(uint64_t{row_count} * i / sample_count);
    if (!rows.Has(row)) continue;
    STRATA_ASSIGN_OR_RETURN(const float* const vector, rows.Get(row));
    see(vector);
  }
  return {};
}

}  // namespace

Result<ScalarQuantizer> TrainQuantizer(Metric metric, RowVectors& rows) {
  ScalarTrainer trainer(metric, rows.dimension());
  STRATA_RETURN_IF_ERROR(VisitSample(rows, [&](const float* vector) { trainer.SeeFirst(vector); }));
  STRATA_RETURN_IF_ERROR(VisitSample(rows, [&](const float* vector) { trainer.SeeAgain(vector); }));
  return trainer.Finish();
}

Result<bool> RowCoder::Step(const Deadline& deadline) {
  const uint32_t row_count = rows_->row_count();
  const size_t dimension = rows_->dimension();
  if (!coded_) {
    STRATA_ASSIGN_OR_RETURN(ScalarQuantizer && quantizer, TrainQuantizer(metric_, *rows_));
    CodeRows codes(quantizer.code_bytes(), row_count);
    coded_.emplace(std::move(quantizer), std::move(codes));
  }
  while (next_ < row_count) {
    STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows_->Run(next_));
    for (size_t i = 0; i < run.size(); i += dimension, ++next_) {
      if (rows_->Has(next_)) coded_->codes.Set(next_, coded_->quantizer, run.data() + i);
    }
    if (deadline.Passed()) break;
  }
  return next_ == row_count;
}

double RowCoder::progress() const {
  return rows_->row_count() == 0 ? 1 : static_cast<double>(next_) / rows_->row_count();
}

}  // namespace strata
