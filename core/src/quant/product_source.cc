#include "quant/product_source.h"

#include <algorithm>

namespace strata {

FastScanSource::FastScanSource(const ProductCodes* codes, const RowMajorMatrixXf& table)
    : codes_(codes), tables_(table) {
  if (codes->layout() == ProductCodes::Layout::kRows) block_.resize(codes->stride() * kScanRows);
}

float FastScanSource::LookUp(Row row) const {
  const uint8_t* code = codes_->First(row);
  const size_t code_bytes = codes_->quantizer().shape().code_bytes();
  uint32_t sum = 0;
  for (size_t i = 0; i < code_bytes; ++i, code += codes_->byte_distance()) sum += tables_.Number(i, *code);
  return tables_.ToFloat(sum);
}

// At most kScanRows rows of the layout kRows.
void FastScanSource::ScanScattered(std::span<const Row> rows, float* out) {
  const uint8_t* codes[kScanRows];
  for (size_t i = 0; i < kScanRows; ++i) codes[i] = codes_->First(rows[std::min(i, rows.size() - 1)]);
  InterleaveRows(codes, codes_->stride(), block_.data());
  ScanBlocks(tables_.scan_tables(), block_.data(), 1, codes_->stride(), sums_.data());
  for (size_t i = 0; i < rows.size(); ++i) out[i] = tables_.ToFloat(sums_[i]);
}

bool FastScanSource::Distances(std::span<const Row> rows, float* out) {
  if (codes_->layout() == ProductCodes::Layout::kRows) {
    for (; rows.size() >= kBlockRowsMin; out += kScanRows) {
      const size_t count = std::min(rows.size(), kScanRows);
      ScanScattered(rows.first(count), out);
      rows = rows.subspan(count);
      if (rows.empty()) return true;
    }
  }
  for (size_t i = 0; i < rows.size(); ++i) out[i] = LookUp(rows[i]);
  return true;
}

bool FastScanSource::Run(Row first, uint32_t count, float* out) {
  if (codes_->layout() == ProductCodes::Layout::kRows) return DistanceSource::Run(first, count, out);
  const uint64_t end = uint64_t{first} + count;
  for (uint64_t row = first; row < end;) {
    const size_t block = static_cast<size_t>(row / kScanRows);
    ScanBlocks(tables_.scan_tables(), codes_->Block(block), 1, codes_->stride(), sums_.data());
    for (; row < end && row / kScanRows == block; ++row) *out++ = tables_.ToFloat(sums_[row % kScanRows]);
  }
  return true;
}

bool TableSource::Distances(std::span<const Row> rows, float* out) {
  const auto slice_count = static_cast<size_t>(table_.rows());
  const auto centroid_count = static_cast<size_t>(table_.cols());
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint8_t* const code = codes_->First(rows[i]);
    const float* entries = table_.data();
    float sum = 0;
    for (size_t j = 0; j < slice_count; ++j, entries += centroid_count) sum += entries[code[j]];
    out[i] = sum;
  }
  return true;
}

}  // namespace strata
