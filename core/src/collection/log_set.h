#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "collection/engine_context.h"
#include "lsm/log_writer.h"

namespace strata {

// The logs that hold batches no segment holds yet: one being written, and older ones that wait for a flush.
//
// Invariant: an older log is synced before a newer one is begun, so a batch that is durable never lacks one
// before it.
class LogSet {
 public:
  explicit LogSet(EngineContext* context) : context_(context) {}

  // A log found at opening whose last batch is `last_sequence`; must be durable.
  void Adopt(FileNumber file, uint64_t last_sequence) { old_.push_back({file, last_sequence}); }

  // Begins a log whose first batch is `first_sequence`, after syncing the one before. On failure that one
  // goes on.
  Result<void> Begin(uint64_t first_sequence);

  // Appends the encoded batch `sequence`. On failure nothing was appended.
  Result<void> Append(std::span<const std::byte> batch, uint64_t sequence);

  // Makes everything appended survive power loss.
  Result<void> Sync();

  // Gives up logs whose every batch is at most `flushed_sequence`; their files go to the trash.
  void Release(uint64_t flushed_sequence);

  uint64_t durable_sequence() const { return durable_sequence_; }
  void set_durable_sequence(uint64_t sequence) { durable_sequence_ = sequence; }
  FileNumber current_file() const { return writer_ ? writer_->file() : 0; }
  uint64_t current_bytes() const { return writer_ ? writer_->size() : 0; }
  size_t old_count() const { return old_.size(); }
  std::vector<FileNumber> Files() const;

 private:
  struct OldLog {
    FileNumber file = 0;
    uint64_t last_sequence = 0;
  };

  EngineContext* context_;
  std::unique_ptr<LogWriter> writer_;
  uint64_t appended_sequence_ = 0;
  uint64_t durable_sequence_ = 0;
  std::vector<OldLog> old_;
};

}  // namespace strata
