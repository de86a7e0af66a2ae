#include "lsm/segment_writer.h"

#include <cassert>

#include "bytes/little_endian.h"
#include "env/file_name.h"
#include "lsm/id_filter.h"
#include "lsm/segment_format.h"
#include "strata/record.h"

namespace strata {
namespace {

constexpr size_t kKeyBytesMax = kIdBytesMax + 1;
// Sections that are read whole are cut into blocks only for their checksums.
constexpr uint32_t kWholeSectionBlockBytes = 65536;

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

SegmentWriter::SegmentWriter(std::unique_ptr<SectionWriter> writer, uint32_t dimension)
    : writer_(std::move(writer)), dimension_(dimension), no_vector_(dimension, 0.0f) {}

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::Create(Env* env, const FileHeader& header,
                                                             uint32_t dimension) {
  assert(header.kind == FileKind::kSegment && dimension <= kDimensionMax);
  STRATA_ASSIGN_OR_RETURN(auto&& writer, SectionWriter::Create(env, header));
  STRATA_RETURN_IF_ERROR(writer->Begin(kSegmentRecords, kLargeBlockBytes));
  return std::unique_ptr<SegmentWriter>(new SegmentWriter(std::move(writer), dimension));
}

Result<Row> SegmentWriter::AddRecord(std::string_view key, std::string_view metadata,
                                     const std::optional<std::string_view>& text, bool has_vector) {
  assert(stage_ == Stage::kRecords && (!has_vector || dimension_ > 0));
  if (key <= last_key_ || key.size() > kKeyBytesMax) {
    return Fail(ErrorCode::kCorruption, {"segment row ", row_count_, ": the key of ", key.size(),
                                         " bytes is too long or does not follow the one before"});
  }
  if (row_count_ == kNoRow)
    return Fail(ErrorCode::kUnsupported, "a segment cannot hold more than 4294967295 rows");

  RecordView record{.key = key, .metadata = metadata, .text = text, .large = {}};
  if (!RecordBlockBuilder::FitsAlone(record)) {
    STRATA_ASSIGN_OR_RETURN(record.large, WriteLargeValue(metadata, text.value_or("")));
  }
  if (!block_.Fits(record)) STRATA_RETURN_IF_ERROR(EndRecordBlock());
  if (block_.row_count() == 0) block_separator_ = BlockIndexBuilder::Separator(last_key_, key);
  block_.Add(record);

  last_key_ = key;
  key_hashes_.push_back(IdFilter::HashOf(key));
  if (row_count_ % 64 == 0) with_vector_words_.push_back(0);
  if (has_vector) {
    with_vector_words_.back() |= uint64_t{1} << (row_count_ % 64);
    ++vector_count_;
  }
  return row_count_++;
}

Result<LargeValue> SegmentWriter::WriteLargeValue(std::string_view metadata, std::string_view text) {
  // The record block being filled is still in memory, so these blocks come to lie before it.
  const LargeValue value{.metadata_bytes = static_cast<uint32_t>(metadata.size()),
                         .text_bytes = static_cast<uint32_t>(text.size()),
                         .first_block = blocks_written_};
  const uint64_t bytes = uint64_t{metadata.size()} + text.size();
  STRATA_RETURN_IF_ERROR(writer_->Append(Bytes(metadata)));
  STRATA_RETURN_IF_ERROR(writer_->Append(Bytes(text)));
  // A full block ends by itself.
  if (bytes % kLargeBlockBytes != 0) STRATA_RETURN_IF_ERROR(writer_->EndBlock());
  blocks_written_ += static_cast<uint32_t>((bytes + kLargeBlockBytes - 1) / kLargeBlockBytes);
  return value;
}

Result<void> SegmentWriter::EndRecordBlock() {
  const uint32_t first_row = row_count_ - static_cast<uint32_t>(block_.row_count());
  STRATA_RETURN_IF_ERROR(writer_->Append(Bytes(block_.Finish())));
  STRATA_RETURN_IF_ERROR(writer_->EndBlock());
  block_index_.Add(blocks_written_++, first_row, block_separator_);
  return {};
}

Result<void> SegmentWriter::WriteSection(SectionId id, std::span<const std::byte> bytes) {
  STRATA_RETURN_IF_ERROR(writer_->Begin(id, kWholeSectionBlockBytes));
  STRATA_RETURN_IF_ERROR(writer_->Append(bytes));
  return writer_->End();
}

Result<void> SegmentWriter::EndRecords() {
  assert(stage_ == Stage::kRecords);
  if (block_.row_count() > 0) STRATA_RETURN_IF_ERROR(EndRecordBlock());
  STRATA_RETURN_IF_ERROR(writer_->End());
  STRATA_RETURN_IF_ERROR(WriteSection(kSegmentBlockIndex, Bytes(block_index_.bytes())));
  STRATA_RETURN_IF_ERROR(WriteSection(kSegmentIdFilter, IdFilter::Build(key_hashes_).Encode()));
  key_hashes_ = {};

  std::byte meta[kSegmentMetaBytes];
  StoreLittleEndian(row_count_, meta);
  StoreLittleEndian(vector_count_, meta + 4);
  StoreLittleEndian(dimension_, meta + 8);
  STRATA_RETURN_IF_ERROR(WriteSection(kSegmentMeta, meta));
  if (vector_count_ > 0 && vector_count_ < row_count_) {
    STRATA_RETURN_IF_ERROR(WriteSection(kSegmentWithVector, std::as_bytes(std::span(with_vector_words_))));
  }
  if (dimension_ > 0) STRATA_RETURN_IF_ERROR(writer_->Begin(kSegmentVectors, VectorBlockBytes(dimension_)));
  stage_ = Stage::kVectors;
  return {};
}

Result<void> SegmentWriter::AddVector(std::span<const float> vector) {
  assert(stage_ == Stage::kVectors && vector_rows_ < row_count_ && vector.size() == dimension_);
  ++vector_rows_;
  return dimension_ > 0 ? writer_->Append(std::as_bytes(vector)) : Result<void>();
}

Result<void> SegmentWriter::AddNoVector() { return AddVector(no_vector_); }

Result<void> SegmentWriter::EndVectors() {
  assert(stage_ == Stage::kVectors && (dimension_ == 0 || vector_rows_ == row_count_));
  stage_ = Stage::kOwnSections;
  return dimension_ > 0 ? writer_->End() : Result<void>();
}

Result<uint64_t> SegmentWriter::Finish() {
  assert(stage_ == Stage::kOwnSections);
  return writer_->Finish();
}

}  // namespace strata
