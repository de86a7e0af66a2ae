#include "file/block_cache.h"

#include <new>
#include <vector>

namespace strata {
namespace {

constexpr size_t kOverheadBytes = 112;  // The block's head, the entry and its bucket.
constexpr uint64_t kMissesPerAdmission = 8;

// The entries lie in a hash table, chained by `next`, and in a ring by the turn they have. Both are threaded
// through the entries: a table of the standard library's would be several times this code.
class ClockBlockCache final : public BlockCache {
 public:
  explicit ClockBlockCache(size_t bytes_max) : buckets_(kBucketsMin) { stats_.bytes_max = bytes_max; }
  ~ClockBlockCache() override { EvictUntil(0); }
  ClockBlockCache(const ClockBlockCache&) = delete;
  ClockBlockCache& operator=(const ClockBlockCache&) = delete;

  Result<BlockRef> Get(FileNumber file, uint64_t offset, size_t bytes, Admission admission,
                       FunctionRef<Result<void>(std::span<std::byte>)> load) override {
    if (Entry* const entry = *LinkTo(file, offset, bytes); entry != nullptr) {
      ++stats_.hits;
      entry->used = true;
      return entry->block;
    }
    ++stats_.misses;
    const size_t cost = bytes + kOverheadBytes;
    const bool full = stats_.bytes + cost > stats_.bytes_max;
    const bool passes_by = admission == Admission::kSometimes && stats_.misses % kMissesPerAdmission != 0;
    if (cost > stats_.bytes_max || (full && passes_by)) return BlockRef::Load(bytes, load);

    // Room first, so that the budget holds while the block is loaded too.
    EvictUntil(stats_.bytes_max - cost);
    STRATA_ASSIGN_OR_RETURN(BlockRef && block, BlockRef::Load(bytes, load));
    if (entry_count_ == buckets_.size()) DoubleBuckets();
    auto* const entry = new Entry{.block = block, .file = file, .offset = offset};
    *LinkTo(file, offset, bytes) = entry;
    LinkNewest(*entry);
    ++entry_count_;
    stats_.bytes += cost;
    return block;
  }

  void Forget(FileNumber file) override {
    for (Entry* at = ends_.newer; at != &ends_;) {
      Entry& entry = *at;
      at = at->newer;
      if (entry.file == file) Drop(entry);
    }
  }

  void SetBytesMax(size_t bytes_max) override {
    stats_.bytes_max = bytes_max;
    EvictUntil(bytes_max);
  }

  Stats stats() const override { return stats_; }

 private:
  static constexpr size_t kBucketsMin = 64;  // A power of two, as every number of buckets.

  struct Entry {
    BlockRef block;
    FileNumber file = 0;
    uint64_t offset = 0;
    Entry* next = nullptr;  // In the same bucket.
    Entry* newer = nullptr;
    Entry* older = nullptr;
    bool used = false;  // Since its turn came last.

    bool Is(FileNumber other_file, uint64_t other_offset, size_t bytes) const {
      return offset == other_offset && file == other_file && block.bytes().size() == bytes;
    }
  };

  // The pointer to the block's entry: its bucket, or the entry before it. Where there is none, the null at
  // the chain's end.
  Entry** LinkTo(FileNumber file, uint64_t offset, size_t bytes) {
    // Offsets are multiples of something and files are small numbers: the multiplication spreads both over
    // the high bits, the shift brings those down. (2^64 / golden ratio; Knuth, TAOCP 3, section 6.4.)
    const uint64_t mixed = (offset ^ (file << 40)) * 0x9e3779b97f4a7c15u;
    Entry** link = &buckets_[static_cast<size_t>(mixed >> 32) & (buckets_.size() - 1)];
    while (*link != nullptr && !(*link)->Is(file, offset, bytes)) link = &(*link)->next;
    return link;
  }

  void DoubleBuckets() {
    buckets_ = std::vector<Entry*>(2 * buckets_.size());
    for (Entry* entry = ends_.newer; entry != &ends_; entry = entry->newer) {
      entry->next = nullptr;
      *LinkTo(entry->file, entry->offset, entry->block.bytes().size()) = entry;
    }
  }

  static void Unlink(Entry& entry) {
    entry.newer->older = entry.older;
    entry.older->newer = entry.newer;
  }

  void LinkNewest(Entry& entry) {
    entry.newer = &ends_;
    entry.older = ends_.older;
    ends_.older->newer = &entry;
    ends_.older = &entry;
  }

  void EvictUntil(size_t bytes_max) {
    while (stats_.bytes > bytes_max) {
      Entry& oldest = *ends_.newer;
      if (!std::exchange(oldest.used, false)) {
        Drop(oldest);
        continue;
      }
      Unlink(oldest);
      LinkNewest(oldest);
    }
  }

  void Drop(Entry& entry) {
    stats_.bytes -= entry.block.bytes().size() + kOverheadBytes;
    --entry_count_;
    Unlink(entry);
    *LinkTo(entry.file, entry.offset, entry.block.bytes().size()) = entry.next;
    delete &entry;
  }

  // Invariant: buckets and ring hold all entries once, entry_count_ is how many, and stats_.bytes is the sum
  // of their costs.
  std::vector<Entry*> buckets_;
  size_t entry_count_ = 0;
  Entry ends_{.newer = &ends_, .older = &ends_};  // older: the newest; newer: the oldest.
  Stats stats_;
};

}  // namespace

Result<BlockRef> BlockRef::Load(size_t bytes, FunctionRef<Result<void>(std::span<std::byte>)> load) {
  static_assert(sizeof(Block) % __STDCPP_DEFAULT_NEW_ALIGNMENT__ == 0, "the slack is for no more than that");
  void* memory = ::operator new(sizeof(Block) + kAlignmentSlack + bytes);
  auto* block = new (memory) Block;
  block->bytes = bytes;
  const BlockRef ref(block);  // Frees the memory if `load` fails.
  STRATA_RETURN_IF_ERROR(load(std::span(block->data(), bytes)));
  return ref;
}

void BlockRef::Free(Block* block) {
  block->~Block();
  ::operator delete(block);
}

std::unique_ptr<BlockCache> BlockCache::Create(size_t bytes_max) {
  return std::make_unique<ClockBlockCache>(bytes_max);
}

}  // namespace strata
