#include "lsm/segment.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <utility>

#include "bytes/little_endian.h"
#include "env/file_name.h"
#include "lsm/segment_format.h"
#include "lsm/vector_column.h"
#include "strata/record.h"

namespace strata {
namespace {

std::string_view TextOf(const BlockRef& block) {
  return {reinterpret_cast<const char*>(block.bytes().data()), block.bytes().size()};
}

}  // namespace

Result<std::shared_ptr<Segment>> Segment::Open(Env* env, BlockCache* cache, FileNumber file,
                                               const DatabaseId& database) {
  std::shared_ptr<Segment> segment(new Segment);
  segment->file_ = file;
  STRATA_ASSIGN_OR_RETURN(segment->sections_, SectionReader::Open(env, cache, FileKind::kSegment, file));
  if (segment->sections_->header().database != database) {
    return Fail(ErrorCode::kCorruption, {FileName(file), ": the segment belongs to another database"});
  }
  STRATA_RETURN_IF_ERROR(segment->LoadMeta());
  // The filter's size ties the number of rows to that of the file before anything is allocated by it.
  STRATA_RETURN_IF_ERROR(segment->LoadIdFilter());
  STRATA_RETURN_IF_ERROR(segment->LoadBlockIndex());
  STRATA_RETURN_IF_ERROR(segment->LoadWithVector());
  STRATA_RETURN_IF_ERROR(segment->CheckVectorBlocks());
  return segment;
}

Failure Segment::Corrupt(SectionId section, size_t block, std::initializer_list<MessagePart> what) const {
  const std::span<const BlockInfo> blocks = sections_->Blocks(section);
  std::string at;
  if (block < blocks.size()) at = Message({" at byte ", blocks[block].offset});
  return Fail(ErrorCode::kCorruption,
              {FileName(file_), ": segment section ", section, at, ": ", Message(what)});
}

Failure Segment::WrongSize(SectionId section, size_t block, uint64_t bytes, uint64_t expected) const {
  return Corrupt(section, block, {"has ", bytes, " bytes, expected ", expected});
}

Result<void> Segment::LoadMeta() {
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& meta, sections_->ReadSection(kSegmentMeta));
  if (meta.size() != kSegmentMetaBytes) return WrongSize(kSegmentMeta, 0, meta.size(), kSegmentMetaBytes);
  row_count_ = LoadLittleEndian<uint32_t>(meta.data());
  vector_count_ = LoadLittleEndian<uint32_t>(meta.data() + 4);
  dimension_ = LoadLittleEndian<uint32_t>(meta.data() + 8);
  if (row_count_ == kNoRow || vector_count_ > row_count_ || dimension_ > kDimensionMax ||
      (dimension_ == 0 && vector_count_ > 0)) {
    return Corrupt(
        kSegmentMeta, 0,
        {row_count_, " rows, ", vector_count_, " vectors and dimension ", dimension_, " cannot be"});
  }
  return {};
}

Result<void> Segment::LoadIdFilter() {
  const uint64_t bytes = sections_->SectionBytes(kSegmentIdFilter);
  const uint64_t expected_bytes = IdFilter::EncodedBytes(row_count_);
  if (bytes != expected_bytes) return WrongSize(kSegmentIdFilter, 0, bytes, expected_bytes);
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& encoded, sections_->ReadSection(kSegmentIdFilter));
  filter_ = IdFilter::Decode(encoded);
  return {};
}

Result<void> Segment::LoadBlockIndex() {
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& encoded, sections_->ReadSection(kSegmentBlockIndex));
  std::optional<BlockIndex> index =
      BlockIndex::Decode(encoded, row_count_, sections_->Blocks(kSegmentRecords).size());
  if (!index) return Corrupt(kSegmentBlockIndex, 0, {"does not fit the rows and record blocks there are"});
  block_index_ = std::move(*index);
  return {};
}

Result<void> Segment::LoadWithVector() {
  with_vector_ = RowBitmap(row_count_, vector_count_ == row_count_);
  if (vector_count_ == 0 || vector_count_ == row_count_) return {};
  const std::span<std::byte> words = std::as_writable_bytes(with_vector_.mutable_words());
  const uint64_t bytes = sections_->SectionBytes(kSegmentWithVector);
  if (bytes != words.size()) return WrongSize(kSegmentWithVector, 0, bytes, words.size());
  STRATA_RETURN_IF_ERROR(sections_->ReadSection(kSegmentWithVector, words));
  const bool past_the_end = row_count_ % 64 != 0 && (with_vector_.words().back() >> (row_count_ % 64)) != 0;
  if (past_the_end || with_vector_.Count() != vector_count_) {
    return Corrupt(kSegmentWithVector, 0, {"the bitmap does not show as many rows as have a vector"});
  }
  return {};
}

Result<void> Segment::CheckVectorBlocks() const {
  const uint64_t bytes = sections_->SectionBytes(kSegmentVectors);
  const uint64_t expected_bytes = uint64_t{row_count_} * dimension_ * sizeof(float);
  if (bytes != expected_bytes) return WrongSize(kSegmentVectors, 0, bytes, expected_bytes);
  if (bytes == 0) return {};
  // All blocks but the last are full, so that a row's block follows from its number.
  const std::span<const BlockInfo> blocks = sections_->Blocks(kSegmentVectors);
  uint64_t left = bytes;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const uint64_t expected = std::min<uint64_t>(left, VectorBlockBytes(dimension_));
    if (blocks[i].bytes != expected) return WrongSize(kSegmentVectors, i, blocks[i].bytes, expected);
    left -= expected;
  }
  return {};
}

uint64_t Segment::file_bytes() const { return sections_->file_bytes(); }

size_t Segment::memory_bytes() const {
  size_t blocks = 0;
  for (const SectionId section : {kSegmentRecords, kSegmentVectors})
    blocks += sections_->Blocks(section).size();
  return sizeof(*this) + blocks * sizeof(BlockInfo) + filter_.memory_bytes() + block_index_.memory_bytes() +
         with_vector_.words().size_bytes();
}

Result<Segment::LoadedBlock> Segment::LoadBlock(size_t entry) {
  LoadedBlock block;
  block.entry = block_index_[entry];
  STRATA_ASSIGN_OR_RETURN(block.ref, sections_->ReadBlock(kSegmentRecords, block.entry.block));
  const std::optional<RecordBlockView> records =
      RecordBlockView::Parse(block.ref.bytes(), block.entry.row_count);
  if (!records) {
    return Corrupt(kSegmentRecords, block.entry.block,
                   {"does not hold as many records as the block index says"});
  }
  block.records = *records;
  return block;
}

Result<RecordView> Segment::RecordOf(const LoadedBlock& block, uint32_t index) const {
  const std::optional<RecordView> record = block.records.Record(index);
  if (!record) {
    return Corrupt(kSegmentRecords, block.entry.block, {"record ", index, " of the block is malformed"});
  }
  return *record;
}

Result<Segment::Position> Segment::Search(const LoadedBlock& block, std::string_view key) const {
  uint32_t low = 0;
  uint32_t high = block.records.row_count();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    STRATA_ASSIGN_OR_RETURN(const RecordView& record, RecordOf(block, middle));
    const int order = record.key.compare(key);
    if (order == 0) return Position{.index = middle, .equal = true};
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return Position{.index = low, .equal = false};
}

Result<std::optional<Row>> Segment::Find(std::string_view key) {
  if (!filter_.MayContain(IdFilter::HashOf(key))) return std::nullopt;
  const std::optional<size_t> entry = block_index_.EntryOfKey(key);
  if (!entry) return std::nullopt;
  STRATA_ASSIGN_OR_RETURN(const LoadedBlock& block, LoadBlock(*entry));
  STRATA_ASSIGN_OR_RETURN(const Position& position, Search(block, key));
  if (!position.equal) return std::nullopt;
  return block.entry.first_row + position.index;
}

Result<Row> Segment::LowerBound(std::string_view key) {
  const std::optional<size_t> entry = block_index_.EntryOfKey(key);
  if (!entry) return 0;
  STRATA_ASSIGN_OR_RETURN(const LoadedBlock& block, LoadBlock(*entry));
  STRATA_ASSIGN_OR_RETURN(const Position& position, Search(block, key));
  return block.entry.first_row + position.index;
}

Result<StoredRecord> Segment::Read(Row row) {
  assert(row < row_count_);
  STRATA_ASSIGN_OR_RETURN(LoadedBlock && block, LoadBlock(block_index_.EntryOfRow(row)));
  STRATA_ASSIGN_OR_RETURN(const RecordView& view, RecordOf(block, row - block.entry.first_row));
  StoredRecord record;
  record.key = view.key;
  record.metadata = view.metadata;
  record.text = view.text;
  record.block = std::move(block.ref);
  if (view.large) STRATA_RETURN_IF_ERROR(LoadLargeValue(*view.large, &record));
  return record;
}

Result<void> Segment::LoadLargeValue(const LargeValue& value, StoredRecord* record) {
  const std::span<const BlockInfo> blocks = sections_->Blocks(kSegmentRecords);
  const uint64_t bytes = uint64_t{value.metadata_bytes} + value.text_bytes;
  const uint64_t block_count = (bytes + kLargeBlockBytes - 1) / kLargeBlockBytes;
  uint64_t stored_bytes = 0;
  if (value.first_block + block_count <= blocks.size()) {
    for (const BlockInfo& block : blocks.subspan(value.first_block, static_cast<size_t>(block_count))) {
      stored_bytes += block.bytes;
    }
  }
  if (stored_bytes != bytes) return WrongSize(kSegmentRecords, value.first_block, stored_bytes, bytes);
  std::string_view whole;
  if (block_count == 1) {
    STRATA_ASSIGN_OR_RETURN(record->large_block, sections_->ReadBlock(kSegmentRecords, value.first_block));
    whole = TextOf(record->large_block);
  } else {
    auto joined = std::make_shared<std::string>();
    joined->reserve(static_cast<size_t>(bytes));
    for (size_t i = 0; i < block_count; ++i) {
      STRATA_ASSIGN_OR_RETURN(const BlockRef& block,
                              sections_->ReadBlock(kSegmentRecords, value.first_block + i));
      *joined += TextOf(block);
    }
    whole = *joined;
    record->large_value = std::move(joined);
  }
  record->metadata = whole.substr(0, value.metadata_bytes);
  if (record->text) record->text = whole.substr(value.metadata_bytes);
  return {};
}

std::unique_ptr<RowVectors> Segment::Vectors() { return std::make_unique<VectorColumn>(shared_from_this()); }

Result<void> Segment::Verify() {
  STRATA_RETURN_IF_ERROR(sections_->Verify());
  STRATA_RETURN_IF_ERROR(VerifyRecords());
  return VerifyVectors();
}

Result<void> Segment::VerifyRecords() {
  std::string last_key;
  for (size_t entry = 0; entry < block_index_.size(); ++entry) {
    STRATA_ASSIGN_OR_RETURN(const LoadedBlock& block, LoadBlock(entry));
    for (uint32_t i = 0; i < block.entry.row_count; ++i) {
      STRATA_ASSIGN_OR_RETURN(const StoredRecord& record, Read(block.entry.first_row + i));
      const bool in_order = last_key < record.key && block.entry.separator <= record.key &&
                            (i > 0 || last_key < block.entry.separator);
      if (!in_order || !filter_.MayContain(IdFilter::HashOf(record.key))) {
        return Corrupt(kSegmentRecords, block.entry.block,
                       {"record ", i, " of the block is not where index and filter lead"});
      }
      last_key = record.key;
    }
  }
  return {};
}

Result<void> Segment::VerifyVectors() {
  if (dimension_ == 0 || vector_count_ == row_count_) return {};
  VectorColumn column(shared_from_this());
  for (Row row = 0; row < row_count_; ++row) {
    if (HasVector(row)) continue;
    STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, column.Run(row));
    for (const float value : run.first(dimension_)) {
      if (std::bit_cast<uint32_t>(value) != 0) {
        return Corrupt(kSegmentVectors, row / VectorRowsPerBlock(dimension_),
                       {"row ", row, " has no vector but does not hold zeros"});
      }
    }
  }
  return {};
}

}  // namespace strata
