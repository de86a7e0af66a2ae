#include "quant/scalar_codes.h"

#include <algorithm>
#include <utility>

#include "quant/code_sections.h"
#include "quant/row_sample.h"
#include "quant/scalar_trainer.h"

namespace strata {
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
    out[i] = codes_->quantizer().RawDistance(query_terms_, codes.TermsOf(rows[i]), dots_[i]);
  }
  return true;
}

Result<bool> ScalarCoder::Step(const Deadline& deadline) {
  if (!codes_) {
    STRATA_ASSIGN_OR_RETURN(ScalarQuantizer && quantizer, TrainQuantizer(metric_, *rows_));
    codes_ = std::make_unique<ScalarCodes>(std::move(quantizer), rows_->row_count());
  }
  return VisitRows(*rows_, deadline, &next_, [&](Row row, const float* vector) { codes_->Set(row, vector); });
}

double ScalarCoder::progress() const {
  return rows_->row_count() == 0 ? 1 : static_cast<double>(next_) / rows_->row_count();
}

}  // namespace strata
