#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "file/block_cache.h"
#include "file/file_header.h"
#include "strata/env.h"
#include "strata/result.h"

namespace strata {

// The one container of manifests, segments and index files: a header, named sections cut into checksummed
// blocks, and at the end a table of the sections with a checksum of its own. A file is whole or it is not a
// file: without a valid table nothing of it is believed. Layout and a worked example in
// docs/formats/section-file.md.
//
// Names of sections are numbers that belong to the file's kind; readers skip those they do not know.
using SectionId = uint32_t;

struct BlockInfo {
  uint64_t offset = 0;  // In the file.
  uint32_t bytes = 0;
  uint64_t checksum = 0;  // XXH3-64, seeded with the offset so that a misplaced block is noticed.
};

inline constexpr size_t kBlockBytesMax = 1u << 20;

// Writes a section file front to back, never seeking. Buffers about 256 KiB, or the current block where that
// is larger.
class SectionWriter {
 public:
  // Creates `header.file`; the header goes to storage with the first bytes. The caller removes the file if
  // anything fails later.
  static Result<std::unique_ptr<SectionWriter>> Create(Env* env, const FileHeader& header);
  virtual ~SectionWriter() = default;

  // Starts a section whose first byte lies at a multiple of 64. Blocks are cut after every `block_bytes`
  // bytes (1..kBlockBytesMax), or earlier where EndBlock() says so (no block is ever empty). Each id is used
  // once.
  virtual Result<void> Begin(SectionId id, uint32_t block_bytes) = 0;
  virtual Result<void> Append(std::span<const std::byte> bytes) = 0;
  virtual Result<void> EndBlock() = 0;
  virtual Result<void> End() = 0;

  // Writes the table, then syncs file and names: after OK the file survives a power cut. Returns its size.
  virtual Result<uint64_t> Finish() = 0;
};

// Reads a section file. The table stays in memory (24 bytes a block); blocks are verified each time they come
// from storage. Thread-compatible. Sections lie one behind the other as they were written, so a valid table
// leaves no room for overlaps; nothing is allocated by a number that was not checked against the file's size.
class SectionReader {
 public:
  // kCorruption if header or table are not what was written, naming file and byte; kUnsupportedFormat;
  // kNotFound. `cache` may be null: then ReadBlock() always reads. `env` and `cache` outlive the reader.
  static Result<std::shared_ptr<SectionReader>> Open(Env* env, BlockCache* cache, FileKind kind,
                                                     FileNumber file);
  virtual ~SectionReader() = default;

  virtual const FileHeader& header() const = 0;
  virtual uint64_t file_bytes() const = 0;

  virtual bool Has(SectionId id) const = 0;
  virtual std::span<const BlockInfo> Blocks(SectionId id) const = 0;  // Empty when absent.
  virtual uint64_t SectionBytes(SectionId id) const = 0;              // 0 when absent.

  // The verified block, through the cache. kCorruption names file, section and byte, also when there is no
  // such block.
  Result<BlockRef> ReadBlock(SectionId id, size_t block) {
    return ReadBlocks(id, block, 1, Admission::kAlways);
  }

  // The same for `count` > 0 blocks in a row, in one read and in one piece, which is cached as such.
  virtual Result<BlockRef> ReadBlocks(SectionId id, size_t first, size_t count, Admission admission) = 0;

  // All blocks of a section, verified, into `out` of exactly SectionBytes(id) bytes (else kInvalidArgument),
  // past the cache, in one read.
  virtual Result<void> ReadSection(SectionId id, std::span<std::byte> out) = 0;
  Result<std::vector<std::byte>> ReadSection(SectionId id);

  // Reads and verifies every byte, the zeros between sections too.
  virtual Result<void> Verify() = 0;
};

}  // namespace strata
