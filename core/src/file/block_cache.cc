#include "file/block_cache.h"

#include <new>
#include <unordered_map>

namespace strata {
namespace {

constexpr size_t kOverheadBytes = 160;  // The block's head and the map's node.
constexpr uint64_t kMissesPerAdmission = 8;

struct BlockKey {
  FileNumber file = 0;
  uint64_t offset = 0;
  size_t bytes = 0;

  friend bool operator==(const BlockKey&, const BlockKey&) = default;
};

struct BlockKeyHash {
  // Offsets are multiples of something and files are small numbers: the multiplication spreads both over the
  // high bits, the fold brings those down to where the table looks. (2^64 / golden ratio; Knuth, TAOCP 3,
  // section 6.4.)
  size_t operator()(const BlockKey& key) const {
    const uint64_t mixed = (key.offset ^ (key.file << 40) ^ key.bytes) * 0x9e3779b97f4a7c15u;
    return static_cast<size_t>(mixed ^ (mixed >> 32));
  }
};

class LruBlockCache final : public BlockCache {
 public:
  explicit LruBlockCache(size_t bytes_max) { stats_.bytes_max = bytes_max; }

  Result<BlockRef> Get(FileNumber file, uint64_t offset, size_t bytes, Admission admission,
                       const std::function<Result<void>(std::span<std::byte>)>& load) override {
    const BlockKey key{file, offset, bytes};
    if (const auto found = entries_.find(key); found != entries_.end()) {
      ++stats_.hits;
      Entry& entry = found->second;
      if (ends_.older != &entry) {
        Unlink(entry);
        LinkNewest(entry);
      }
      return entry.block;
    }
    ++stats_.misses;
    const size_t cost = bytes + kOverheadBytes;
    const bool full = stats_.bytes + cost > stats_.bytes_max;
    const bool passes_by = admission == Admission::kSometimes && stats_.misses % kMissesPerAdmission != 0;
    if (cost > stats_.bytes_max || (full && passes_by)) return BlockRef::Load(bytes, load);

    // Room first, so that the budget holds while the block is loaded too.
    EvictUntil(stats_.bytes_max - cost);
    STRATA_ASSIGN_OR_RETURN(BlockRef && block, BlockRef::Load(bytes, load));
    Entry& entry = entries_.try_emplace(key).first->second;
    entry.block = block;
    entry.key = key;
    LinkNewest(entry);
    stats_.bytes += cost;
    return block;
  }

  void Forget(FileNumber file) override {
    for (auto at = entries_.begin(); at != entries_.end();) {
      Entry& entry = (at++)->second;  // Dropping invalidates no other.
      if (entry.key.file == file) Drop(entry);
    }
  }

  void SetBytesMax(size_t bytes_max) override {
    stats_.bytes_max = bytes_max;
    EvictUntil(bytes_max);
  }

  Stats stats() const override { return stats_; }

 private:
  // Lives in the map's node, which never moves.
  struct Entry {
    BlockRef block;
    BlockKey key;
    Entry* newer = nullptr;
    Entry* older = nullptr;
  };

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
    while (stats_.bytes > bytes_max) Drop(*ends_.newer);
  }

  void Drop(Entry& entry) {
    stats_.bytes -= entry.block.bytes().size() + kOverheadBytes;
    Unlink(entry);
    const BlockKey key = entry.key;  // Not a reference into what is erased.
    entries_.erase(key);
  }

  // Invariant: the ring holds all entries once, and stats_.bytes is the sum of their costs.
  std::unordered_map<BlockKey, Entry, BlockKeyHash> entries_;
  Entry ends_{
      .block = {}, .key = {}, .newer = &ends_, .older = &ends_};  // older: the newest; newer: the oldest.
  Stats stats_;
};

}  // namespace

Result<BlockRef> BlockRef::Load(size_t bytes, const std::function<Result<void>(std::span<std::byte>)>& load) {
  void* memory = ::operator new(sizeof(Block) + bytes, std::align_val_t{kBlockAlignment});
  auto* block = new (memory) Block;
  block->bytes = bytes;
  const BlockRef ref(block);  // Frees the memory if `load` fails.
  STRATA_RETURN_IF_ERROR(load(std::span(block->data(), bytes)));
  return ref;
}

void BlockRef::Free(Block* block) {
  block->~Block();
  ::operator delete(block, std::align_val_t{kBlockAlignment});
}

std::unique_ptr<BlockCache> BlockCache::Create(size_t bytes_max) {
  return std::make_unique<LruBlockCache>(bytes_max);
}

}  // namespace strata
