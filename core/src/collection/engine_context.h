#pragma once

#include <cstddef>
#include <cstdint>
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
  std::shared_ptr<Trash> trash = std::make_shared<Trash>();
  std::vector<std::string> notes;  // What recovery and lazy loading found, for people.

  // Makes room in the memory budget for `bytes` that something else than the block cache now holds. The
  // balance is struck anew at the next commit (DatabaseCore::BalanceMemory).
  void TakeFromCache(size_t bytes) {
    const size_t bytes_max = cache->stats().bytes_max;
    cache->SetBytesMax(bytes_max > bytes + kCacheBytesMin ? bytes_max - bytes : kCacheBytesMin);
  }

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
