#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "bytes/alignment.h"
#include "bytes/row_bitmap.h"
#include "quant/scalar_quantizer.h"
#include "vector/code_kernels.h"

namespace strata {

// The codes of a segment's rows, one after the other, each followed by its terms so that one trip to memory
// brings both:
//
//   row r, at r * stride():  code (code_bytes) | term (4) | lift (4) | zeros up to a multiple of 16
//
// Rows that were never set are zeros. Memory: component count + 8 bytes a row, each part rounded up to a
// multiple of 16.
class CodeRows {
 public:
  CodeRows() = default;
  // Not to be copied: the rows would begin elsewhere in the copy.
  CodeRows(CodeRows&&) = default;
  CodeRows& operator=(CodeRows&&) = default;
  CodeRows(size_t code_bytes, uint32_t row_count)
      : code_bytes_(code_bytes),
        stride_(Stride(code_bytes)),
        row_count_(row_count),
        storage_(raw_bytes() + kAlignmentSlack) {}

  static size_t Stride(size_t code_bytes) {
    return (code_bytes + sizeof(CodeTerms) + kSimdAlignment - 1) / kSimdAlignment * kSimdAlignment;
  }

  uint32_t row_count() const { return row_count_; }
  size_t stride() const { return stride_; }
  size_t memory_bytes() const { return storage_.size(); }

  const uint8_t* Code(Row row) const { return bytes() + size_t{row} * stride_; }
  CodeTerms Terms(Row row) const {
    CodeTerms terms;
    std::memcpy(&terms, Code(row) + code_bytes_, sizeof terms);
    return terms;
  }
  void Set(Row row, const ScalarQuantizer& quantizer, std::span<const float> vector) {
    uint8_t* const code = mutable_bytes() + size_t{row} * stride_;
    const CodeTerms terms = quantizer.EncodeRow(vector, code);
    std::memcpy(code + code_bytes_, &terms, sizeof terms);
  }

  CodeTable table() const { return {.bytes = bytes(), .stride = stride_, .code_bytes = code_bytes_}; }
  std::span<const std::byte> raw() const { return std::as_bytes(std::span(bytes(), raw_bytes())); }
  std::span<std::byte> mutable_raw() {
    return std::as_writable_bytes(std::span(mutable_bytes(), raw_bytes()));
  }

 private:
  size_t raw_bytes() const { return stride_ * row_count_; }
  const uint8_t* bytes() const { return AlignUp(storage_.data()); }
  uint8_t* mutable_bytes() { return AlignUp(storage_.data()); }

  size_t code_bytes_ = 0;
  size_t stride_ = 0;
  uint32_t row_count_ = 0;
  std::vector<uint8_t> storage_;  // The rows begin at its first multiple of kSimdAlignment.
};

}  // namespace strata
