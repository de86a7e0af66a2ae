#include "quant/scalar_codes.h"

#include <algorithm>
#include <utility>

#include "quant/code_sections.h"
#include "quant/row_sample.h"
#include "quant/scalar_trainer.h"
#include "vector/distance.h"

namespace strata {
namespace {

constexpr uint32_t kSampleRows = 1024;

}  // namespace

Result<ScalarQuantizer> TrainQuantizer(Metric metric, LeadingAxes axes, RowVectors& rows) {
  const uint32_t d = rows.dimension();
  std::vector<float> components(axes.axis_count() == 0 ? d : axes.axis_count());
  float norm_max = 0;
  // What is coded of a vector.
  const auto make_components = [&](const float* vector) {
    const float scale = CodingScale(metric, vector, d);
    norm_max = std::max(norm_max, Norm(vector, d));
    if (axes.axis_count() > 0) {
      axes.Apply(vector, scale, components.data());
      return;
    }
    for (size_t i = 0; i < d; ++i) components[i] = vector[i] * scale;
  };
  ScalarTrainer trainer(components.size());
  STRATA_RETURN_IF_ERROR(VisitSample(rows, kSampleRows, [&](const float* vector) {
    make_components(vector);
    trainer.SeeFirst(components.data());
  }));
  STRATA_RETURN_IF_ERROR(VisitSample(rows, kSampleRows, [&](const float* vector) {
    make_components(vector);
    trainer.SeeAgain(components.data());
  }));
  return trainer.Finish(metric, std::move(axes), norm_max);
}

Result<std::unique_ptr<ScalarCodes>> ScalarCodes::Load(Metric metric, uint32_t dimension, uint32_t row_count,
                                                       SectionReader& reader) {
  LeadingAxes axes;
  if (reader.Has(index_section::kLeadingAxes)) {
    // No larger than a matrix of all axes: so much may be allocated.
    if (reader.SectionBytes(index_section::kLeadingAxes) >
        LeadingAxes::SerializedBytes(dimension, dimension)) {
      return Fail(ErrorCode::kCorruption, "projection: more axes than dimensions");
    }
    STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes,
                            reader.ReadSection(index_section::kLeadingAxes));
    STRATA_ASSIGN_OR_RETURN(axes, LeadingAxes::Parse(dimension, bytes));
  }
  const size_t component_count = axes.axis_count() > 0 ? axes.axis_count() : dimension;
  STRATA_RETURN_IF_ERROR(
      ExpectBytes(reader, index_section::kQuantizer, ScalarQuantizer::SerializedBytes(component_count)));
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes, reader.ReadSection(index_section::kQuantizer));
  STRATA_ASSIGN_OR_RETURN(ScalarQuantizer && quantizer,
                          ScalarQuantizer::Parse(metric, std::move(axes), component_count, bytes));
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, index_section::kCodes,
                                     uint64_t{CodeRows::Stride(quantizer.code_bytes())} * row_count));
  auto codes = std::make_unique<ScalarCodes>(std::move(quantizer), row_count);
  STRATA_RETURN_IF_ERROR(reader.ReadSection(index_section::kCodes, codes->rows_.mutable_raw()));
  return codes;
}

Result<void> ScalarCodes::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteBytes(writer, index_section::kQuantizer, quantizer_.Serialize()));
  if (quantizer_.axes().axis_count() > 0) {
    STRATA_RETURN_IF_ERROR(WriteBytes(writer, index_section::kLeadingAxes, quantizer_.axes().Serialize()));
  }
  return WriteBytes(writer, index_section::kCodes, rows_.raw());
}

std::unique_ptr<DistanceSource> ScalarCodes::ForQuery(std::span<const float> query) const {
  auto source = std::make_unique<ScalarSource>(*this);
  source->SetQuery(query);
  return source;
}

Codebook ScalarCodes::codebook() const {
  return {.type = "sq8",
          .dimension = quantizer_.component_count(),
          .minimum = quantizer_.minimum(),
          .step = std::vector<float>(quantizer_.component_count(), quantizer_.step())};
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
    STRATA_ASSIGN_OR_RETURN(const bool trained, axes_.Step(deadline));
    if (!trained) return false;
    STRATA_ASSIGN_OR_RETURN(ScalarQuantizer && quantizer, TrainQuantizer(metric_, axes_.Take(), *rows_));
    codes_ = std::make_unique<ScalarCodes>(std::move(quantizer), row_count);
  }
  while (next_ < row_count) {
    STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows_->Run(next_));
    for (size_t i = 0; i < run.size(); i += dimension, ++next_) {
      if (rows_->Has(next_)) codes_->Set(next_, run.subspan(i, dimension));
    }
    if (deadline.Passed()) break;
  }
  return next_ == row_count;
}

double ScalarCoder::progress() const {
  return rows_->row_count() == 0 ? 1 : static_cast<double>(next_) / rows_->row_count();
}

}  // namespace strata
