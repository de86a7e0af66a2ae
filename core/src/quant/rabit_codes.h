#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "quant/code_rows.h"
#include "quant/rabit_quantizer.h"
#include "quant/row_codes.h"
#include "vector/row_vectors.h"

namespace strata {

// A RaBitQ quantizer and the codes it made. Memory: 16 bytes a bit and 128 dimensions, and 16 for terms, a
// row.
class RabitCodes final : public RowCodes {
 public:
  RabitCodes(RabitQuantizer quantizer, uint32_t row_count)
      : quantizer_(std::move(quantizer)), rows_(quantizer_.code_bytes(), row_count) {}

  // kCorruption unless the reader's sections hold codes of `row_count` rows.
  static Result<std::unique_ptr<RabitCodes>> Load(const CollectionOptions& options, uint32_t row_count,
                                                  SectionReader& reader);

  const RabitQuantizer& quantizer() const { return quantizer_; }
  const TermedRows<RabitTerms>& rows() const { return rows_; }
  void Set(Row row, std::span<const float> vector) {
    rows_.Set(row, [&](uint8_t* code) { return quantizer_.EncodeRow(vector, code); });
  }

  size_t memory_bytes() const override { return rows_.memory_bytes() + quantizer_.memory_bytes(); }
  std::unique_ptr<DistanceSource> ForQuery(std::span<const float> query) const override;
  Codebook codebook() const override;
  Result<void> Save(SectionWriter& writer) const override;

 private:
  RabitQuantizer quantizer_;
  TermedRows<RabitTerms> rows_;
};

// Distances from a query to RaBitQ codes, with their bounds.
class RabitSource final : public DistanceSource {
 public:
  RabitSource(const RabitCodes& codes, std::span<const float> query)
      : codes_(&codes), query_(codes.quantizer().EncodeQuery(query)) {}

  bool Distances(std::span<const Row> rows, float* out) override;
  float ToMetric(float raw) const override { return codes_->quantizer().ToMetric(raw); }
  // Too large with the chance that RabitQuantizer states.
  float LowerBound(Row row, float raw) const override;

 private:
  const RabitCodes* codes_;
  RabitQuery query_;
  std::vector<int32_t> dots_;
};

// Finds centre and scale on a sample of the rows, then codes all.
class RabitCoder final : public RowCoder {
 public:
  // `rows` must outlive this object; `bits` in 1..8.
  RabitCoder(Metric metric, uint32_t bits, uint64_t seed, RowVectors* rows)
      : metric_(metric), bits_(bits), seed_(seed), rows_(rows) {}

  Result<bool> Step(const Deadline& deadline) override;
  double progress() const override;
  size_t memory_bytes() const override { return codes_ ? codes_->memory_bytes() : 0; }
  std::unique_ptr<RowCodes> Finish() override { return std::move(codes_); }

 private:
  Metric metric_;
  uint32_t bits_;
  uint64_t seed_;
  RowVectors* rows_;
  std::unique_ptr<RabitCodes> codes_;
  Row next_ = 0;
};

// The quantizer for rows: their mean and their scale, by a sample.
Result<RabitQuantizer> TrainRabit(Metric metric, uint32_t bits, uint64_t seed, RowVectors& rows);

}  // namespace strata
