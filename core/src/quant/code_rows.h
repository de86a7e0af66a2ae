#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "bytes/aligned_array.h"
#include "bytes/row_bitmap.h"
#include "quant/scalar_quantizer.h"
#include "vector/code_kernels.h"

namespace strata {

// The codes of a segment's rows, one after the other, each with its terms so that one trip to memory brings
// both:
//
//   row r, at r * stride():  code (component_count) | zeros | term (4) | lift (4)
//
// A record is a multiple of 16 bytes, or of 64 where that makes it no more than an eighth longer: then it
// lies in as few cache lines as it can. Rows that were never set are zeros.
class CodeRows {
 public:
  CodeRows() = default;
  CodeRows(size_t component_count, uint32_t row_count)
      : stride_(Stride(component_count)), row_count_(row_count), bytes_(stride_ * row_count) {}

  static size_t Stride(size_t component_count) {
    const auto round_up = [&](size_t unit) {
      return (component_count + sizeof(CodeTerms) + unit - 1) / unit * unit;
    };
    const size_t short_stride = round_up(kCodeAlignment);
    const size_t line_stride = round_up(64);
    return line_stride <= short_stride + short_stride / 8 ? line_stride : short_stride;
  }

  uint32_t row_count() const { return row_count_; }
  size_t stride() const { return stride_; }
  size_t memory_bytes() const { return bytes_.memory_bytes(); }

  // stride() bytes.
  const uint8_t* Code(Row row) const { return bytes_.data() + size_t{row} * stride_; }
  CodeTerms Terms(Row row) const {
    CodeTerms terms;
    std::memcpy(&terms, Code(row) + terms_at(), sizeof terms);
    return terms;
  }
  void Set(Row row, const ScalarQuantizer& quantizer, std::span<const float> vector) {
    uint8_t* const code = bytes_.data() + size_t{row} * stride_;
    const CodeTerms terms = quantizer.EncodeRow(vector, code);
    std::memcpy(code + terms_at(), &terms, sizeof terms);
  }

  // Copies the code of `row` to `query` (stride() bytes), with zeros in the place of its terms: those of the
  // rows then count for nothing in a dot product with it.
  void CopyAsQuery(Row row, uint8_t* query) const {
    std::memcpy(query, Code(row), terms_at());
    std::memset(query + terms_at(), 0, sizeof(CodeTerms));
  }

  // Puts the rows in another order: row i becomes what row order[i] was.
  void Reorder(std::span<const Row> order) {
    AlignedArray<uint8_t> reordered(bytes_.size());
    for (size_t i = 0; i < order.size(); ++i) {
      std::memcpy(reordered.data() + i * stride_, Code(order[i]), stride_);
    }
    bytes_ = std::move(reordered);
  }

  CodeTable table() const { return {.bytes = bytes_.data(), .stride = stride_}; }
  std::span<const std::byte> raw() const { return std::as_bytes(bytes_.span()); }
  std::span<std::byte> mutable_raw() { return std::as_writable_bytes(bytes_.span()); }

 private:
  size_t terms_at() const { return stride_ - sizeof(CodeTerms); }

  size_t stride_ = 0;
  uint32_t row_count_ = 0;
  AlignedArray<uint8_t> bytes_;
};

}  // namespace strata
