#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "bytes/alignment.h"
#include "bytes/function_ref.h"
#include "strata/env.h"
#include "strata/result.h"

namespace strata {

// A pinned block: its bytes stay where they are (16-byte aligned) while a BlockRef to them lives, evicted or
// not, and after the end of the cache too. Copying costs one atomic increment; copies may be made and dropped
// on any thread.
class BlockRef {
 public:
  // Fills fresh memory of `bytes` bytes by `load`.
  static Result<BlockRef> Load(size_t bytes, FunctionRef<Result<void>(std::span<std::byte>)> load);

  BlockRef() = default;
  BlockRef(const BlockRef& other) : block_(other.block_) {
    if (block_ != nullptr) block_->pins.fetch_add(1, std::memory_order_relaxed);
  }
  BlockRef(BlockRef&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  BlockRef& operator=(BlockRef other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~BlockRef() {
    if (block_ != nullptr && block_->pins.fetch_sub(1, std::memory_order_acq_rel) == 1) Free(block_);
  }

  std::span<const std::byte> bytes() const {
    return block_ != nullptr ? std::span<const std::byte>(block_->data(), block_->bytes)
                             : std::span<const std::byte>();
  }
  explicit operator bool() const { return block_ != nullptr; }

 private:
  // Stands before the bytes, in the same allocation.
  struct Block {
    std::atomic<uint32_t> pins = 1;
    size_t bytes = 0;

    std::byte* data() { return AlignUp(reinterpret_cast<std::byte*>(this + 1)); }
  };

  explicit BlockRef(Block* block) : block_(block) {}

  static void Free(Block* block);

  Block* block_ = nullptr;
};

// What to do with a block that is read when the cache is full.
enum class Admission {
  kAlways,     // It replaces another, not used lately: it will be asked for again soon.
  kSometimes,  // Only one in eight does, so that blocks of which each search wants others do not push out
               // those that many want, and a pass over all of them pushes out few.
};

// Blocks read from storage, within a budget of bytes. One per database. Evicts by second chance (Corbato's
// clock, 1968): the oldest block goes, pinned or not, unless it was used since its turn came last; then it
// becomes the newest. What is pinned lives on outside the budget.
//
// A hit is one hash look-up and a mark, and touches no other block: keeping the order of use exactly would
// cost a search four cache misses more for each row it rescores. Each block costs about 110 bytes besides its
// own, and they count.
class BlockCache {
 public:
  static std::unique_ptr<BlockCache> Create(size_t bytes_max);
  virtual ~BlockCache() = default;

  // The `bytes` bytes at `offset` of `file`, from the cache or filled by `load` into fresh memory. Blocks
  // that overlap without being the same are kept each for itself. A failed load caches nothing. A block that
  // is not admitted, or larger than the budget, is handed out uncached. `load` does not call back into the
  // cache.
  virtual Result<BlockRef> Get(FileNumber file, uint64_t offset, size_t bytes, Admission admission,
                               FunctionRef<Result<void>(std::span<std::byte>)> load) = 0;

  virtual void Forget(FileNumber file) = 0;  // The file is going away. O(cached blocks).
  virtual void SetBytesMax(size_t bytes_max) = 0;

  struct Stats {
    uint64_t hits = 0;
    uint64_t misses = 0;
    size_t bytes = 0;
    size_t bytes_max = 0;
  };
  virtual Stats stats() const = 0;
};

}  // namespace strata
