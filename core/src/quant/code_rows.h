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

// The codes of a segment's rows, one after the other, each with its terms (a quantizer's few numbers) so that
// one trip to memory brings both:
//
//   row r, at r * stride():  code (code_bytes) | zeros | terms
//
// A record is a multiple of 16 bytes, or of 64 where that makes it no more than an eighth longer: then it
// lies in as few cache lines as it can. Rows that were never set are zeros.
template <typename Terms>
class TermedRows {
 public:
  TermedRows() = default;
  TermedRows(size_t code_bytes, uint32_t row_count)
      : code_bytes_(code_bytes),
        stride_(Stride(code_bytes)),
        row_count_(row_count),
        bytes_(stride_ * row_count) {}

  static size_t Stride(size_t code_bytes) {
    const auto round_up = [&](size_t unit) { return (code_bytes + sizeof(Terms) + unit - 1) / unit * unit; };
    const size_t short_stride = round_up(kCodeAlignment);
    const size_t line_stride = round_up(64);
    return line_stride <= short_stride + short_stride / 8 ? line_stride : short_stride;
  }

  uint32_t row_count() const { return row_count_; }
  size_t stride() const { return stride_; }
  size_t memory_bytes() const { return bytes_.memory_bytes(); }

  // stride() bytes.
  const uint8_t* Code(Row row) const { return bytes_.data() + size_t{row} * stride_; }
  Terms TermsOf(Row row) const {
    Terms terms;
    std::memcpy(&terms, Code(row) + terms_at(), sizeof terms);
    return terms;
  }
  // Calls encode(code), which writes the row's code and returns its terms.
  template <typename Encode>
  void Set(Row row, Encode&& encode) {
    uint8_t* const code = bytes_.data() + size_t{row} * stride_;
    const Terms terms = encode(code);
    std::memcpy(code + terms_at(), &terms, sizeof terms);
  }

  // Copies the code of `row` to `query` (stride() bytes), with zeros in the place of its terms: those of the
  // rows then count for nothing in a dot product with it.
  void CopyAsQuery(Row row, uint8_t* query) const {
    std::memcpy(query, Code(row), terms_at());
    std::memset(query + terms_at(), 0, sizeof(Terms));
  }

  // Puts the rows in another order: row i becomes what row order[i] was.
  void Reorder(std::span<const Row> order) {
    AlignedArray<uint8_t> reordered(bytes_.size());
    for (size_t i = 0; i < order.size(); ++i) {
      std::memcpy(reordered.data() + i * stride_, Code(order[i]), stride_);
    }
    bytes_ = std::move(reordered);
  }

  CodeTable table() const { return {.bytes = bytes_.data(), .stride = stride_, .code_bytes = code_bytes_}; }
  std::span<const std::byte> raw() const { return std::as_bytes(bytes_.span()); }
  std::span<std::byte> mutable_raw() { return std::as_writable_bytes(bytes_.span()); }

 private:
  size_t terms_at() const { return stride_ - sizeof(Terms); }

  size_t code_bytes_ = 0;
  size_t stride_ = 0;
  uint32_t row_count_ = 0;
  AlignedArray<uint8_t> bytes_;
};

using CodeRows = TermedRows<CodeTerms>;

}  // namespace strata
