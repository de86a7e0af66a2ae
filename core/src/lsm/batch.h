#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lsm/options_message.h"
#include "strata/options.h"
#include "strata/result.h"

namespace strata {

// One change of one record, resolved: it holds the whole new record, never a patch or a filter, so that
// applying it again, or on another machine, gives the same bytes.
struct BatchOp {
  bool erase = false;         // Then only `key` counts.
  std::string key;            // See EncodeKey().
  std::vector<float> vector;  // Empty: none.
  std::string metadata;       // JSON text; empty: none.
  std::optional<std::string> text;

  friend bool operator==(const BatchOp&, const BatchOp&) = default;
};

// What one write call does, all or nothing: the unit of the log and of replication.
struct Batch {
  enum class Kind : uint8_t { kWrite = 1, kCreateCollection = 2, kDropCollection = 3 };

  uint64_t sequence = 0;
  uint64_t client = 0;  // The WriteToken; 0: none.
  uint64_t request = 0;
  Kind kind = Kind::kWrite;
  uint32_t collection = 0;
  std::string name;  // kCreateCollection only, like `options`.
  CollectionOptions options;
  std::vector<BatchOp> ops;  // kWrite only.

  friend bool operator==(const Batch&, const Batch&) = default;
};

// The batch as the protobuf message of core/proto/batch.proto. Equal batches give equal bytes. Allocates the
// result once, at its final size.
std::string EncodeBatch(const Batch& batch);

// kCorruption for bytes that are no batch; kUnsupportedFormat for one that a newer version wrote.
Result<Batch> DecodeBatch(std::span<const std::byte> bytes);

}  // namespace strata
