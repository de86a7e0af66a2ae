#include "lsm/vector_column.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "lsm/segment_format.h"

namespace strata {
namespace {

// What a run is read and cached in: most of the cost of a read is per call.
constexpr uint32_t kPieceBytes = 65536;

}  // namespace

VectorColumn::VectorColumn(std::shared_ptr<const Segment> segment)
    : segment_(std::move(segment)),
      sections_(segment_->sections().get()),
      dimension_(segment_->dimension()),
      rows_per_block_(dimension_ == 0 ? 1 : VectorRowsPerBlock(dimension_)) {}

Result<const float*> VectorColumn::Get(Row row) {
  assert(Has(row));
  if (row - block_begin_ >= block_rows_) STRATA_RETURN_IF_ERROR(Load(row / rows_per_block_, 1));
  return FloatsOf(row);
}

Result<std::span<const float>> VectorColumn::Run(Row row) {
  assert(row < row_count() && dimension_ > 0);
  if (row - block_begin_ >= block_rows_) {
    const uint32_t blocks_per_piece = std::max(1u, kPieceBytes / VectorBlockBytes(dimension_));
    const uint32_t block = row / rows_per_block_;
    STRATA_RETURN_IF_ERROR(Load(block - block % blocks_per_piece, blocks_per_piece));
  }
  const size_t rows = block_rows_ - (row - block_begin_);
  return std::span(FloatsOf(row), rows * dimension_);
}

Result<void> VectorColumn::Load(uint32_t first, uint32_t count) {
  const auto block_count = static_cast<uint32_t>(sections_->Blocks(kSegmentVectors).size());
  count = std::min(count, block_count - first);
  block_rows_ = 0;  // Until the new block is there.
  STRATA_ASSIGN_OR_RETURN(block_,
                          sections_->ReadBlocks(kSegmentVectors, first, count, Admission::kSometimes));
  block_begin_ = first * rows_per_block_;
  // Segment::Open() has made sure that the blocks are of the size that this implies.
  block_rows_ = std::min(count * rows_per_block_, row_count() - block_begin_);
  return {};
}

}  // namespace strata
