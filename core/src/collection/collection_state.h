#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "collection/segment_handle.h"
#include "lsm/batch.h"
#include "lsm/memtable.h"
#include "strata/collection.h"

namespace strata {

// Everything one collection holds after one sequence. A value: copying it is what makes a read view, and a
// write makes a changed copy and swaps it in, so a write that fails half-way leaves no trace.
//
// Invariant: of all records with one key in memtable, sealed memtables and segments, at most one is live. A
// write of a key erases or marks dead whatever was live before, so there are no tombstones and no search can
// find an old version.
struct CollectionState {
  uint64_t sequence = 0;
  Memtable memtable;
  std::vector<Memtable> sealed;         // Being written to a segment; oldest first.
  std::vector<SegmentHandle> segments;  // Oldest first.

  uint64_t LiveRecords() const;
};

// Where a live record stands: in a memtable, or in a row of a segment.
struct RecordPlace {
  const MemRecord* record = nullptr;  // Valid while the state is.
  size_t segment = 0;                 // Position in CollectionState::segments when `record` is null.
  Row row = kNoRow;
};

// The live record under `key`, if any. O(log n) and at most one block read per segment.
Result<std::optional<RecordPlace>> FindLive(const CollectionState& state, std::string_view key);

// The record at `place`, whole. The vector is read only if wanted.
Result<Record> ReadRecord(const CollectionState& state, const RecordPlace& place, bool want_vector);

// Applies the ops of batch `sequence` in order. Fails (kIoError, kCorruption) only if a segment cannot be
// read; then `state` is half-changed and the caller drops it.
Result<void> ApplyOps(std::vector<BatchOp>&& ops, uint64_t sequence, CollectionState* state);

class StateView final : public ReadView {
 public:
  explicit StateView(CollectionState state) : state_(std::move(state)) {}
  uint64_t sequence() const override { return state_.sequence; }
  const CollectionState& state() const { return state_; }

 private:
  CollectionState state_;
};

}  // namespace strata
