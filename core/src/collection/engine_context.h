#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "collection/file_lease.h"
#include "file/block_cache.h"
#include "file/file_header.h"
#include "strata/env.h"
#include "strata/options.h"

namespace strata {

// However large the rest is, blocks read from storage need some room.
inline constexpr size_t kCacheBytesMin = size_t{4} << 20;

// What every part of one open database shares. Owned by the database; outlived by none of its users.
struct EngineContext {
  Env* env = nullptr;
  DatabaseOptions options;
  DatabaseId database{};
  uint64_t epoch = 0;
  FileNumber next_file = 1;
  std::unique_ptr<BlockCache> cache;
  // The cache takes the room that the rest leaves of the memory budget, but no more than is wanted.
  size_t cache_room = 0;
  uint64_t cache_bytes_wanted = std::numeric_limits<uint64_t>::max();
  bool cache_follows_vectors = false;  // Whether what is wanted depends on what there is.
  std::shared_ptr<Trash> trash = std::make_shared<Trash>();
  std::vector<std::string> notes;  // What recovery and lazy loading found, for people.

  void SetCacheRoom(size_t bytes) {
    cache_room = bytes;
    const uint64_t bytes_max = std::min<uint64_t>(cache_room, cache_bytes_wanted);
    cache->SetBytesMax(std::max(kCacheBytesMin, static_cast<size_t>(bytes_max)));
  }

  // Makes room in the memory budget for `bytes` that something else than the block cache now holds. The
  // balance is struck anew at the next commit (DatabaseCore::BalanceMemory).
  void TakeFromCache(size_t bytes) { SetCacheRoom(cache_room > bytes ? cache_room - bytes : 0); }

  FileHeader NewHeader(FileKind kind, uint64_t sequence) {
    return FileHeader{.kind = kind,
                      .version = kFormatVersion,
                      .database = database,
                      .file = next_file++,
                      .epoch = epoch,
                      .sequence = sequence};
  }
};

}  // namespace strata
