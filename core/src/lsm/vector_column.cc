#include "lsm/vector_column.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "lsm/segment_format.h"

namespace strata {

VectorColumn::VectorColumn(std::shared_ptr<const Segment> segment)
    : segment_(std::move(segment)),
      sections_(segment_->sections().get()),
      dimension_(segment_->dimension()),
      rows_per_block_(dimension_ == 0 ? 1 : VectorRowsPerBlock(dimension_)) {}

Result<const float*> VectorColumn::Get(Row row) {
  assert(Has(row));
  if (row - block_begin_ >= block_rows_) STRATA_RETURN_IF_ERROR(Load(row));
  return FloatsOf(row);
}

Result<std::span<const float>> VectorColumn::Run(Row row) {
  assert(row < row_count() && dimension_ > 0);
  if (row - block_begin_ >= block_rows_) STRATA_RETURN_IF_ERROR(Load(row));
  const size_t rows = block_rows_ - (row - block_begin_);
  return std::span(FloatsOf(row), rows * dimension_);
}

Result<void> VectorColumn::Load(Row row) {
  const uint32_t block = row / rows_per_block_;
  block_rows_ = 0;  // Until the new block is there.
  STRATA_ASSIGN_OR_RETURN(block_, sections_->ReadBlock(kSegmentVectors, block));
  block_begin_ = block * rows_per_block_;
  // Segment::Open() has made sure that the blocks are of the size that this implies.
  block_rows_ = std::min(rows_per_block_, row_count() - block_begin_);
  return {};
}

}  // namespace strata
