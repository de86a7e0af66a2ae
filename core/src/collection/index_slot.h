#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "collection/engine_context.h"
#include "collection/file_lease.h"
#include "index/vector_index.h"

namespace strata {

// The vector index of one segment: in a file, loaded when first searched, shared by all read views. A damaged
// index costs speed and not answers: the slot says so once, the segment is scanned, and the index is built
// anew.
class IndexSlot {
 public:
  enum class State : uint8_t { kStored, kReady, kDamaged };

  IndexSlot(std::shared_ptr<FileLease> lease, uint32_t row_count)
      : lease_(std::move(lease)), row_count_(row_count) {}
  IndexSlot(std::shared_ptr<FileLease> lease, std::unique_ptr<VectorIndex> index)
      : lease_(std::move(lease)),
        row_count_(index->row_count()),
        index_(std::move(index)),
        state_(State::kReady) {}

  // The index, loading it if needed; null when damaged.
  VectorIndex* Get(EngineContext* context, const CollectionOptions& options);

  State state() const { return state_; }
  VectorIndex* loaded() const { return index_.get(); }
  FileNumber file() const { return lease_->file(); }
  FileLease& lease() const { return *lease_; }
  size_t memory_bytes() const { return index_ ? index_->memory_bytes() : 0; }

 private:
  std::shared_ptr<FileLease> lease_;
  uint32_t row_count_;
  std::unique_ptr<VectorIndex> index_;
  State state_ = State::kStored;
};

}  // namespace strata
