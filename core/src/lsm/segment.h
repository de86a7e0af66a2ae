#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bytes/row_bitmap.h"
#include "file/block_cache.h"
#include "file/file_header.h"
#include "file/section_file.h"
#include "lsm/block_index.h"
#include "lsm/id_filter.h"
#include "lsm/record_block.h"
#include "strata/env.h"
#include "strata/result.h"
#include "vector/row_vectors.h"

namespace strata {

// A record as a segment stores it. The views live as long as this object or a copy of it.
struct StoredRecord {
  std::string_view key;
  std::string_view metadata;  // Empty: none.
  std::optional<std::string_view> text;

  BlockRef block;        // Holds the key, and metadata and text unless they are large.
  BlockRef large_block;  // Holds metadata and text that fill one block of their own,
  std::shared_ptr<const std::string> large_value;  // or this does, if they fill several.
};

// An immutable file of records in key order; a record's place in that order is its row. Written by
// SegmentWriter, read through the block cache. In memory stay the block index (some 10 bytes and a piece of a
// key per 16 KiB of records), the id filter (11 bits a row) and, where only some rows have a vector, a
// bitmap. Which rows are dead is not in here: the manifest knows.
//
// The file is untrusted even where its checksums are right: every count, offset and length is checked before
// it is used, and kCorruption names file, section and byte. Finding costs at most one block read, reading a
// record one (and those of its large value). Thread-compatible, like the SectionReader below it.
class Segment : public std::enable_shared_from_this<Segment> {
 public:
  // kNotFound; kCorruption (also for the file of another database); kUnsupportedFormat; kIoError. Reads the
  // block index, the filter and the bitmap. `cache` may be null. `env` and `cache` outlive the segment.
  static Result<std::shared_ptr<Segment>> Open(Env* env, BlockCache* cache, FileNumber file,
                                               const DatabaseId& database);

  FileNumber file() const { return file_; }
  uint32_t row_count() const { return row_count_; }
  uint32_t vector_count() const { return vector_count_; }
  uint32_t dimension() const { return dimension_; }
  uint64_t file_bytes() const;
  size_t memory_bytes() const;  // Without blocks in the cache.

  // The row of `key`, or nothing. Asks the filter first, then reads at most one block.
  Result<std::optional<Row>> Find(std::string_view key);

  // The first row whose key is not less than `key`; row_count() if there is none. Reads at most one block.
  Result<Row> LowerBound(std::string_view key);

  // The record of `row` < row_count().
  Result<StoredRecord> Read(Row row);

  bool HasVector(Row row) const { return with_vector_.Test(row); }
  const RowBitmap& with_vector() const { return with_vector_; }

  // The vectors of this segment, which the object keeps alive. Each caller has its own.
  std::unique_ptr<RowVectors> Vectors();

  // For sections that the segment's writer added itself.
  const std::shared_ptr<SectionReader>& sections() const { return sections_; }

  // Reads every byte, and checks that the records are whole, in order, where the index and the filter say,
  // and that rows without a vector hold zeros.
  Result<void> Verify();

 private:
  // A record block in memory.
  struct LoadedBlock {
    BlockRef ref;
    RecordBlockView records;
    BlockIndex::Entry entry;
  };

  Segment() = default;

  Result<void> LoadMeta();
  Result<void> LoadIdFilter();
  Result<void> LoadBlockIndex();
  Result<void> LoadWithVector();
  Result<void> CheckVectorBlocks() const;

  Result<LoadedBlock> LoadBlock(size_t entry);
  Result<RecordView> RecordOf(const LoadedBlock& block, uint32_t index) const;
  // The first record of `block` whose key is not less than `key`, and whether it is equal.
  struct Position {
    uint32_t index = 0;
    bool equal = false;
  };
  Result<Position> Search(const LoadedBlock& block, std::string_view key) const;
  Result<void> LoadLargeValue(const LargeValue& value, StoredRecord* record);

  Result<void> VerifyRecords();
  Result<void> VerifyVectors();

  // kCorruption: "00000042.strata: segment section 1 at byte 16384: <what>". The byte is that of the
  // section's block.
  Failure Corrupt(SectionId section, size_t block, std::initializer_list<MessagePart> what) const;
  Failure WrongSize(SectionId section, size_t block, uint64_t bytes, uint64_t expected) const;

  FileNumber file_ = 0;
  uint32_t row_count_ = 0;
  uint32_t vector_count_ = 0;
  uint32_t dimension_ = 0;
  std::shared_ptr<SectionReader> sections_;
  IdFilter filter_;
  BlockIndex block_index_;
  RowBitmap with_vector_;
};

}  // namespace strata
