#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/row_bitmap.h"
#include "file/file_header.h"
#include "file/section_file.h"
#include "lsm/block_index.h"
#include "lsm/record_block.h"
#include "strata/env.h"
#include "strata/result.h"

namespace strata {

// Writes a segment file front to back in two passes over the same rows: all records, then all vectors.
//
//   Create, AddRecord*, EndRecords, (AddVector | AddNoVector)*, EndVectors, sections of the caller's, Finish
//
// Any other order is a bug (asserted). After an error, or when the writer goes before Finish(), the caller
// removes the file. Memory: 8 bytes a row for the filter, a bitmap, the block index, and what SectionWriter
// buffers.
class SegmentWriter {
 public:
  // `header.kind` is kSegment. `dimension` 0: no row has a vector and the vector pass is empty.
  static Result<std::unique_ptr<SegmentWriter>> Create(Env* env, const FileHeader& header,
                                                       uint32_t dimension);

  // Appends a record and returns its row: 0, 1, 2, ... kCorruption if `key` is not greater than the one
  // before or is longer than kIdBytesMax + 1: keys come from memtables, which order them, or from files,
  // which may be damaged.
  Result<Row> AddRecord(std::string_view key, std::string_view metadata,
                        const std::optional<std::string_view>& text, bool has_vector);
  Result<void> EndRecords();

  // One call per row, in row order; AddVector exactly where AddRecord was told so. `vector` holds `dimension`
  // floats.
  Result<void> AddVector(std::span<const float> vector);
  Result<void> AddNoVector();
  Result<void> EndVectors();

  // Here the caller may write sections of its own, from kSegmentOwnSections on.
  SectionWriter& sections() { return *writer_; }

  // Makes the file durable and returns its size.
  Result<uint64_t> Finish();

  uint32_t row_count() const { return row_count_; }
  uint32_t vector_count() const { return vector_count_; }

 private:
  enum class Stage : uint8_t { kRecords, kVectors, kOwnSections };

  SegmentWriter(std::unique_ptr<SectionWriter> writer, uint32_t dimension);

  Result<void> EndRecordBlock();
  Result<LargeValue> WriteLargeValue(std::string_view metadata, std::string_view text);
  Result<void> WriteSection(SectionId id, std::span<const std::byte> bytes);

  std::unique_ptr<SectionWriter> writer_;
  uint32_t dimension_;
  Stage stage_ = Stage::kRecords;

  uint32_t row_count_ = 0;
  uint32_t vector_count_ = 0;
  uint32_t vector_rows_ = 0;  // Rows the vector pass has seen.

  RecordBlockBuilder block_;     // The block being filled,
  std::string block_separator_;  // and what the index will say of it.
  uint32_t blocks_written_ = 0;  // To section kSegmentRecords.
  std::string last_key_;
  BlockIndexBuilder block_index_;
  std::vector<uint64_t> key_hashes_;
  std::vector<uint64_t> with_vector_words_;
  std::vector<float> no_vector_;  // Zeros.
};

}  // namespace strata
