#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "bytes/row_bitmap.h"
#include "quant/scalar_quantizer.h"
#include "vector/code_kernels.h"

namespace strata {

// The codes of a segment's rows, one after the other, each followed by its terms so that one trip to memory
// brings both:
//
//   row r, at r * stride():  code (code_bytes) | term (4) | lift (4) | zeros up to a multiple of 16
//
// Rows that were never set are zeros. Memory: dimension + 8 bytes a row, each part rounded up to a multiple
// of 16.
class CodeRows {
 public:
  CodeRows() = default;
  CodeRows(size_t code_bytes, uint32_t row_count)
      : code_bytes_(code_bytes),
        stride_(Stride(code_bytes)),
        row_count_(row_count),
        units_(stride_ / sizeof(Unit) * row_count) {}

  static size_t Stride(size_t code_bytes) {
    return (code_bytes + sizeof(CodeTerms) + sizeof(Unit) - 1) / sizeof(Unit) * sizeof(Unit);
  }

  uint32_t row_count() const { return row_count_; }
  size_t stride() const { return stride_; }
  size_t memory_bytes() const { return units_.size() * sizeof(Unit); }

  const uint8_t* Code(Row row) const { return bytes() + size_t{row} * stride_; }
  CodeTerms Terms(Row row) const {
    CodeTerms terms;
    std::memcpy(&terms, Code(row) + code_bytes_, sizeof terms);
    return terms;
  }
  void Set(Row row, const ScalarQuantizer& quantizer, const float* vector) {
    uint8_t* const code = mutable_bytes() + size_t{row} * stride_;
    const CodeTerms terms = quantizer.EncodeRow(vector, code);
    std::memcpy(code + code_bytes_, &terms, sizeof terms);
  }

  CodeTable table() const { return {.bytes = bytes(), .stride = stride_, .code_bytes = code_bytes_}; }
  std::span<const std::byte> raw() const { return std::as_bytes(std::span(units_)); }
  std::span<std::byte> mutable_raw() { return std::as_writable_bytes(std::span(units_)); }

 private:
  struct alignas(16) Unit {
    uint8_t bytes[16];
  };
  const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(units_.data()); }
  uint8_t* mutable_bytes() { return reinterpret_cast<uint8_t*>(units_.data()); }

  size_t code_bytes_ = 0;
  size_t stride_ = 0;
  uint32_t row_count_ = 0;
  std::vector<Unit> units_;
};

}  // namespace strata
