#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bytes/row_bitmap.h"
#include "file/file_header.h"
#include "strata/env.h"
#include "strata/options.h"
#include "strata/result.h"

namespace strata {

struct SegmentEntry {
  FileNumber file = 0;
  FileNumber index_file = 0;  // 0: none.
  uint32_t row_count = 0;
  RowBitmap dead;  // Of row_count rows: those that later batches replaced or deleted.

  friend bool operator==(const SegmentEntry&, const SegmentEntry&) = default;
};

struct CollectionEntry {
  uint32_t id = 0;
  std::string name;
  CollectionOptions options;
  std::vector<SegmentEntry> segments;  // In the order given.

  friend bool operator==(const CollectionEntry&, const CollectionEntry&) = default;
};

// The last request of a client that was applied, so that a repeated one is recognised.
struct ClientEntry {
  uint64_t client = 0;
  uint64_t request = 0;
  uint64_t sequence = 0;

  friend bool operator==(const ClientEntry&, const ClientEntry&) = default;
};

// The whole state of the database as of `sequence`, logs aside.
struct Manifest {
  uint64_t sequence = 0;  // All batches up to it are in segments.
  uint32_t next_collection = 1;
  std::vector<CollectionEntry> collections;
  std::vector<ClientEntry> clients;

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// Writes the manifest as the new file `header.file` and makes it durable, name and all. Every `dead` has its
// segment's row count. Format in docs/formats/manifest.md. The caller removes the file after an error.
Result<void> WriteManifest(Env* env, const FileHeader& header, const Manifest& manifest);

// kNotFound; kUnsupportedFormat; kCorruption if the file is not whole, belongs to another database, or names
// a segment whose file is missing or too small for its rows (every row takes a byte of it at the least; so a
// wrong row count cannot make us allocate more than storage holds).
Result<Manifest> ReadManifest(Env* env, FileNumber file, const DatabaseId& database);

}  // namespace strata
