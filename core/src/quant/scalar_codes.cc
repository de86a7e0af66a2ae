#include "quant/scalar_codes.h"

#include <algorithm>
#include <utility>

#include "quant/code_sections.h"
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

Result<std::unique_ptr<ScalarCodes>> ScalarCodes::Load(Metric metric, uint32_t dimension, uint32_t row_count,
                                                       SectionReader& reader) {
  STRATA_RETURN_IF_ERROR(
      ExpectBytes(reader, index_section::kQuantizer, ScalarQuantizer::SerializedBytes(dimension)));
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes, reader.ReadSection(index_section::kQuantizer));
  STRATA_ASSIGN_OR_RETURN(ScalarQuantizer && quantizer, ScalarQuantizer::Parse(metric, dimension, bytes));
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, index_section::kCodes,
                                     uint64_t{CodeRows::Stride(quantizer.code_bytes())} * row_count));
  auto codes = std::make_unique<ScalarCodes>(std::move(quantizer), row_count);
  STRATA_RETURN_IF_ERROR(reader.ReadSection(index_section::kCodes, codes->rows_.mutable_raw()));
  return codes;
}

Result<void> ScalarCodes::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteBytes(writer, index_section::kQuantizer, quantizer_.Serialize()));
  return WriteBytes(writer, index_section::kCodes, rows_.raw());
}

std::unique_ptr<DistanceSource> ScalarCodes::ForQuery(std::span<const float> query) const {
  auto source = std::make_unique<ScalarSource>(*this);
  source->SetQuery(query);
  return source;
}

Codebook ScalarCodes::codebook() const {
  return {.type = "sq8",
          .dimension = quantizer_.dimension(),
          .minimum = quantizer_.minimum(),
          .step = std::vector<float>(quantizer_.dimension(), quantizer_.step())};
}

bool ScalarSource::Distances(std::span<const Row> rows, float* out) {
  if (dots_.size() < rows.size()) dots_.resize(rows.size());
  const CodeRows& codes = codes_->rows();
  CodeDots(query_, codes.table(), rows, dots_.data());
  for (size_t i = 0; i < rows.size(); ++i) {
    out[i] = codes_->quantizer().RawDistance(query_terms_, codes.Terms(rows[i]), dots_[i]);
  }
  return true;
}

Result<bool> ScalarCoder::Step(const Deadline& deadline) {
  const uint32_t row_count = rows_->row_count();
  const size_t dimension = rows_->dimension();
  if (!codes_) {
    STRATA_ASSIGN_OR_RETURN(ScalarQuantizer && quantizer, TrainQuantizer(metric_, *rows_));
    codes_ = std::make_unique<ScalarCodes>(std::move(quantizer), row_count);
  }
  while (next_ < row_count) {
    STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows_->Run(next_));
    for (size_t i = 0; i < run.size(); i += dimension, ++next_) {
      if (rows_->Has(next_)) codes_->Set(next_, run.data() + i);
    }
    if (deadline.Passed()) break;
  }
  return next_ == row_count;
}

double ScalarCoder::progress() const {
  return rows_->row_count() == 0 ? 1 : static_cast<double>(next_) / rows_->row_count();
}

}  // namespace strata
