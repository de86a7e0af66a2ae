#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include "bytes/row_bitmap.h"
#include "quant/code_rows.h"
#include "quant/scalar_quantizer.h"
#include "vector/distance.h"
#include "vector/row_vectors.h"

namespace strata {

// Where a walk or scan gets its distances from: it holds one query and measures rows against it. Raw
// distances order rows as the metric does and may be in any unit; ToMetric() gives the metric's own. A search
// is written once, over this concept, so another way to store vectors is another source and not another
// search.
template <typename Source>
concept DistanceSource = requires(Source source, std::span<const Row> rows, float* out, float raw) {
  // out[i] = raw distance of rows[i] from the query. False when a row could not be read: error() then tells
  // why.
  { source.Distances(rows, out) } -> std::same_as<bool>;
  { source.ToMetric(raw) } -> std::same_as<float>;
  { source.error() } -> std::same_as<Error>;
};

// Distances to codes, from a coded query or from a row of the table itself.
class CodeSource {
 public:
  CodeSource(const ScalarQuantizer& quantizer, const CodeRows& codes)
      : quantizer_(&quantizer), codes_(&codes), query_code_(quantizer.code_bytes()) {}

  void SetQuery(std::span<const float> query) {
    query_terms_ = quantizer_->EncodeQuery(query.data(), query_code_.data());
    query_ = query_code_.data();
  }
  void SetQuery(Row row) {
    query_terms_ = codes_->Terms(row);
    query_ = codes_->Code(row);
  }

  bool Distances(std::span<const Row> rows, float* out);
  float ToMetric(float raw) const { return quantizer_->ToMetric(raw); }
  Error error() const { return {}; }

 private:
  const ScalarQuantizer* quantizer_;
  const CodeRows* codes_;
  std::vector<uint8_t> query_code_;
  const uint8_t* query_ = nullptr;
  CodeTerms query_terms_;
  std::vector<int32_t> dots_;
};

// Exact distances to full vectors, wherever these lie.
class VectorSource {
 public:
  VectorSource(Metric metric, std::span<const float> query, RowVectors& rows)
      : distance_(metric, query), rows_(&rows) {}

  bool Distances(std::span<const Row> rows, float* out);
  float ToMetric(float raw) const { return raw; }
  Error error() const { return error_; }

 private:
  ExactDistance distance_;
  RowVectors* rows_;
  Error error_;
};

static_assert(DistanceSource<CodeSource> && DistanceSource<VectorSource>);

}  // namespace strata
