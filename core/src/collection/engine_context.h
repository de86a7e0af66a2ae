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
