#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/distance_source.h"
#include "quant/product_codes.h"
#include "quant/quantized_tables.h"

namespace strata {

// Distances to codes of 4 bits by byte shuffles, 32 rows at a time. A raw distance is the sum over a code's
// table entries, the entries rounded to the steps of QuantizedTables: the same for a row however it was asked
// for.
class FastScanSource final : public DistanceSource {
 public:
  // `codes` must outlive this object.
  FastScanSource(const ProductCodes* codes, const RowMajorMatrixXf& table);

  bool Distances(std::span<const Row> rows, float* out) override;
  bool Run(Row first, uint32_t count, float* out) override;
  float ToMetric(float raw) const override { return codes_->quantizer().ToMetric(raw); }

 private:
  // So many rows are sooner made into a block than looked up one by one (bench/native/pq.cc).
  static constexpr size_t kBlockRowsMin = 4;

  float LookUp(Row row) const;
  void ScanScattered(std::span<const Row> rows, float* out);

  const ProductCodes* codes_;
  QuantizedTables tables_;
  std::vector<uint8_t> block_;  // Of rows that are not in blocks.
  std::array<uint16_t, kScanRows> sums_;
};

// Distances to codes of 8 bits, by look-ups in a table of floats that is larger than the nearest cache.
class TableSource final : public DistanceSource {
 public:
  // `codes` must outlive this object.
  TableSource(const ProductCodes* codes, RowMajorMatrixXf table) : codes_(codes), table_(std::move(table)) {}

  bool Distances(std::span<const Row> rows, float* out) override;
  float ToMetric(float raw) const override { return codes_->quantizer().ToMetric(raw); }

 private:
  const ProductCodes* codes_;
  RowMajorMatrixXf table_;
};

}  // namespace strata
