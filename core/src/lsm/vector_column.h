#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "file/section_file.h"
#include "lsm/segment.h"
#include "strata/result.h"
#include "vector/row_vectors.h"

namespace strata {

// The vectors of one segment, read through the block cache: single rows block by block, runs in pieces of
// many blocks. Remembers what it handed out last, so neighbouring rows cost no look-up. Keeps its segment
// alive. One thread at a time.
class VectorColumn final : public RowVectors {
 public:
  explicit VectorColumn(std::shared_ptr<const Segment> segment);

  uint32_t row_count() const override { return segment_->row_count(); }
  uint32_t dimension() const override { return dimension_; }
  bool Has(Row row) const override { return segment_->HasVector(row); }
  Result<const float*> Get(Row row) override;
  Result<std::span<const float>> Run(Row row) override;

 private:
  // Makes `block_` those of the blocks [first, first + count) that there are.
  Result<void> Load(uint32_t first, uint32_t count);
  const float* FloatsOf(Row row) const {
    return reinterpret_cast<const float*>(block_.bytes().data()) + size_t{row - block_begin_} * dimension_;
  }

  std::shared_ptr<const Segment> segment_;
  SectionReader* sections_;
  uint32_t dimension_;
  uint32_t rows_per_block_;
  BlockRef block_;
  Row block_begin_ = 0;  // The rows in block_ are [block_begin_, block_begin_ + block_rows_).
  uint32_t block_rows_ = 0;
};

}  // namespace strata
