#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "quant/code_rows.h"
#include "quant/leading_axes_trainer.h"
#include "quant/row_codes.h"
#include "quant/scalar_quantizer.h"
#include "vector/row_vectors.h"

namespace strata {

// A scalar quantizer and the codes it made.
class ScalarCodes final : public RowCodes {
 public:
  ScalarCodes(ScalarQuantizer quantizer, uint32_t row_count)
      : quantizer_(std::move(quantizer)), rows_(quantizer_.code_bytes(), row_count) {}

  // kCorruption unless the reader's sections hold codes of `row_count` rows.
  static Result<std::unique_ptr<ScalarCodes>> Load(Metric metric, uint32_t dimension, uint32_t row_count,
                                                   SectionReader& reader);

  const ScalarQuantizer& quantizer() const { return quantizer_; }
  const CodeRows& rows() const { return rows_; }
  void Set(Row row, std::span<const float> vector) { rows_.Set(row, quantizer_, vector); }

  size_t memory_bytes() const override { return rows_.memory_bytes() + quantizer_.memory_bytes(); }
  std::unique_ptr<DistanceSource> ForQuery(std::span<const float> query) const override;
  Codebook codebook() const override;
  Result<void> Save(SectionWriter& writer) const override;

 private:
  ScalarQuantizer quantizer_;
  CodeRows rows_;
};

// Distances to codes, from a coded query or from a row of the table itself.
class ScalarSource final : public DistanceSource {
 public:
  explicit ScalarSource(const ScalarCodes& codes)
      : codes_(&codes), query_code_(codes.quantizer().code_bytes()) {}

  void SetQuery(std::span<const float> query) {
    query_terms_ = codes_->quantizer().EncodeQuery(query, query_code_.data());
    query_ = query_code_.data();
  }
  void SetQuery(Row row) {
    query_terms_ = codes_->rows().Terms(row);
    query_ = codes_->rows().Code(row);
  }

  bool Distances(std::span<const Row> rows, float* out) override;
  float ToMetric(float raw) const override { return codes_->quantizer().ToMetric(raw); }

 private:
  const ScalarCodes* codes_;
  std::vector<uint8_t> query_code_;
  const uint8_t* query_ = nullptr;
  CodeTerms query_terms_;
  std::vector<int32_t> dots_;
};

// Trains a quantizer on rows that are drawn evenly from all, at most about a thousand.
Result<ScalarQuantizer> TrainQuantizer(Metric metric, LeadingAxes axes, RowVectors& rows);

class ScalarCoder final : public RowCoder {
 public:
  // `rows` must outlive this object.
  ScalarCoder(Metric metric, RowVectors* rows) : metric_(metric), rows_(rows), axes_(metric, rows) {}

  Result<bool> Step(const Deadline& deadline) override;
  double progress() const override;
  size_t memory_bytes() const override { return codes_ ? codes_->memory_bytes() : axes_.memory_bytes(); }
  std::unique_ptr<RowCodes> Finish() override { return std::move(codes_); }

  // What was made; complete once Step() said true.
  const ScalarCodes& codes() const { return *codes_; }

 private:
  Metric metric_;
  RowVectors* rows_;
  LeadingAxesTrainer axes_;
  std::unique_ptr<ScalarCodes> codes_;
  Row next_ = 0;
};

}  // namespace strata
