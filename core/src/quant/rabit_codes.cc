#include "quant/rabit_codes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "quant/code_sections.h"
#include "quant/row_sample.h"
#include "quant/scalar_quantizer.h"
#include "vector/bit_kernels.h"

namespace strata {
namespace {

constexpr uint32_t kSampleRows = 1024;

// The power of two nearest to one over the rows' length, so that scaling rounds nothing.
float ScaleFor(double mean_squared_norm) {
  if (!(mean_squared_norm > 0)) return 1;
  const int exponent = std::ilogb(std::sqrt(mean_squared_norm));
  return std::ldexp(1.0f, std::clamp(-exponent, -120, 120));
}

bool AreFinite(const RabitTerms& terms) {
  return std::isfinite(terms.add) && std::isfinite(terms.rescale) && std::isfinite(terms.error) &&
         std::isfinite(terms.query_error) && terms.error >= 0 && terms.query_error >= 0;
}

}  // namespace

Result<RabitQuantizer> TrainRabit(Metric metric, uint32_t bits, uint64_t seed, RowVectors& rows) {
  std::vector<double> mean(rows.dimension());
  double squared_norms = 0;
  uint32_t count = 0;
  STRATA_RETURN_IF_ERROR(VisitSample(rows, kSampleRows, [&](const float* vector) {
    const double scale = CodingScale(metric, vector, mean.size());
    for (size_t i = 0; i < mean.size(); ++i) {
      mean[i] += vector[i] * scale;
      squared_norms += vector[i] * scale * (vector[i] * scale);
    }
    ++count;
  }));
  const double rows_seen = std::max(count, 1u);
  const float scale = metric == Metric::kCosine ? 1 : ScaleFor(squared_norms / rows_seen);
  std::vector<float> centre(mean.size());
  for (size_t i = 0; i < mean.size(); ++i) centre[i] = static_cast<float>(mean[i] / rows_seen * scale);
  return RabitQuantizer(metric, bits, std::move(centre), scale, seed);
}

Result<std::unique_ptr<RabitCodes>> RabitCodes::Load(const CollectionOptions& options, uint32_t row_count,
                                                     SectionReader& reader) {
  STRATA_RETURN_IF_ERROR(
      ExpectBytes(reader, index_section::kQuantizer, RabitQuantizer::SerializedBytes(options.dimension)));
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes, reader.ReadSection(index_section::kQuantizer));
  STRATA_ASSIGN_OR_RETURN(
      RabitQuantizer && quantizer,
      RabitQuantizer::Parse(options.metric, options.dimension, options.rabitq_bits, bytes));
  STRATA_RETURN_IF_ERROR(
      ExpectBytes(reader, index_section::kCodes,
                  uint64_t{TermedRows<RabitTerms>::Stride(quantizer.code_bytes())} * row_count));
  auto codes = std::make_unique<RabitCodes>(std::move(quantizer), row_count);
  STRATA_RETURN_IF_ERROR(reader.ReadSection(index_section::kCodes, codes->rows_.mutable_raw()));
  for (Row row = 0; row < row_count; ++row) {
    if (AreFinite(codes->rows_.TermsOf(row))) continue;
    return Fail(ErrorCode::kCorruption, {"index file ", reader.header().file, ": rabitq code of row ", row,
                                         ": its terms are not what a coder writes"});
  }
  return codes;
}

Result<void> RabitCodes::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteBytes(writer, index_section::kQuantizer, quantizer_.Serialize()));
  return WriteBytes(writer, index_section::kCodes, rows_.raw());
}

std::unique_ptr<DistanceSource> RabitCodes::ForQuery(std::span<const float> query) const {
  return std::make_unique<RabitSource>(*this, query);
}

Codebook RabitCodes::codebook() const {
  return {.type = "rabitq",
          .dimension = quantizer_.dimension(),
          .bits = quantizer_.bits(),
          .centre = quantizer_.Centre()};
}

bool RabitSource::Distances(std::span<const Row> rows, float* out) {
  if (dots_.size() < rows.size()) dots_.resize(rows.size());
  const TermedRows<RabitTerms>& codes = codes_->rows();
  const uint32_t bits = codes_->quantizer().bits();
  if (bits == 1) {
    BitDots(query_.planes.data(), codes.table(), rows, dots_.data());
  } else {
    PackedDots(query_.bytes.data(), bits, codes.table(), rows, dots_.data());
  }
  for (size_t i = 0; i < rows.size(); ++i)
    out[i] = RabitQuantizer::RawDistance(query_, codes.TermsOf(rows[i]), dots_[i]);
  return true;
}

float RabitSource::LowerBound(Row row, float raw) const {
  const RabitQuantizer& quantizer = codes_->quantizer();
  const float bound = raw - quantizer.RawError(query_, codes_->rows().TermsOf(row));
  return std::isfinite(bound) ? quantizer.ToMetric(bound) : -std::numeric_limits<float>::infinity();
}

Result<bool> RabitCoder::Step(const Deadline& deadline) {
  if (!codes_) {
    STRATA_ASSIGN_OR_RETURN(RabitQuantizer && quantizer, TrainRabit(metric_, bits_, seed_, *rows_));
    codes_ = std::make_unique<RabitCodes>(std::move(quantizer), rows_->row_count());
  }
  return VisitRows(*rows_, deadline, &next_,
                   [&](Row row, std::span<const float> vector) { codes_->Set(row, vector); });
}

double RabitCoder::progress() const {
  return rows_->row_count() == 0 ? 1 : static_cast<double>(next_) / rows_->row_count();
}

}  // namespace strata
