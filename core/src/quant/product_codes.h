#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "quant/product_quantizer.h"
#include "quant/product_trainer.h"
#include "quant/row_codes.h"
#include "vector/fast_scan.h"
#include "vector/row_vectors.h"

namespace strata {

// A product quantizer and the codes it made, in one of two layouts:
//
//   rows    row r at r * stride, its code and zeros up to a multiple of 16. For those who ask for rows here
//           and there, such as walks: a row is one or two cache lines
//   blocks  as ScanBlocks() reads them: byte i of 32 rows' codes, then byte i + 1 of them. For those who ask
//           for all rows in order (4 bits only)
//
// Either answers everything, slower where it is the wrong one: rows are made into blocks 32 at a time, and of
// a block single rows can be read. Files always hold rows. Rows that were never set are zeros.
class ProductCodes final : public RowCodes {
 public:
  enum class Layout : uint8_t { kRows, kBlocks };

  // Blocks for the flat index, which scans; rows for all others.
  static Layout LayoutFor(const CollectionOptions& options);

  ProductCodes(ProductQuantizer quantizer, Layout layout, uint32_t row_count);

  // kCorruption unless the reader's sections hold codes of `row_count` rows of such a collection.
  static Result<std::unique_ptr<ProductCodes>> Load(const CollectionOptions& options, uint32_t row_count,
                                                    SectionReader& reader);

  const ProductQuantizer& quantizer() const { return quantizer_; }
  uint32_t row_count() const { return row_count_; }
  void Set(Row row, const uint8_t* code);
  void Get(Row row, uint8_t* code) const;

  // Where byte i of a row's code is: First(row) + i * byte_distance().
  const uint8_t* First(Row row) const;
  size_t byte_distance() const { return layout_ == Layout::kBlocks ? kScanRows : 1; }
  // Block b of kScanRows rows; of the rows behind the last one of the segment there are zeros. kBlocks only.
  const uint8_t* Block(size_t b) const { return &codes_[b * code_bytes_ * kScanRows]; }

  Layout layout() const { return layout_; }
  // Of a row, with the zeros behind its code in kRows.
  size_t stride() const { return code_bytes_; }

  size_t memory_bytes() const override { return codes_.size() + quantizer_.memory_bytes(); }
  std::unique_ptr<DistanceSource> ForQuery(std::span<const float> query) const override;
  Codebook codebook() const override;
  Result<void> Save(SectionWriter& writer) const override;

 private:
  ProductQuantizer quantizer_;
  Layout layout_;
  uint32_t row_count_;
  size_t code_bytes_;
  std::vector<uint8_t> codes_;
};

// Trains a product quantizer on a sample of rows and codes them all.
class ProductCoder final : public RowCoder {
 public:
  // `rows` must outlive this object.
  ProductCoder(const CollectionOptions& options, uint64_t seed, RowVectors* rows);

  Result<bool> Step(const Deadline& deadline) override;
  double progress() const override;
  size_t memory_bytes() const override;
  std::unique_ptr<RowCodes> Finish() override { return std::move(codes_); }

 private:
  Result<void> CodeRun();

  RowVectors* rows_;
  ProductCodes::Layout layout_;
  std::optional<ProductTrainer> trainer_;  // Until it is done.
  std::unique_ptr<ProductCodes> codes_;    // From then on.
  Row next_ = 0;
};

}  // namespace strata
