#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "collection/client_table.h"
#include "collection/collection_impl.h"
#include "collection/engine_context.h"
#include "collection/log_set.h"
#include "collection/root.h"

namespace strata {

// The state of one open database and the two transitions that make it durable: sealing memtables behind a new
// log, and committing new collection states to the root.
struct DatabaseCore {
  EngineContext context;
  LogSet logs{&context};
  Root root{&context, &logs};
  ClientTable clients;
  std::vector<std::unique_ptr<CollectionImpl>> collections;
  uint32_t next_collection = 1;
  uint64_t sequence = 0;          // The last applied batch.
  uint64_t sealed_sequence = 0;   // The last batch in sealed memtables or segments.
  uint64_t flushed_sequence = 0;  // The last batch in segments, as the root says.
  uint64_t last_write_micros = 0;

  CollectionImpl* Find(std::string_view name) const;
  CollectionImpl* Find(uint32_t id) const;

  size_t MemtableBytes() const;  // Without sealed ones.
  size_t IndexBytes() const;

  // How large a block cache is worth its memory by default: see docs/decisions/0008-memory-by-default.md.
  uint64_t CacheBytesWanted() const;
  bool HasSealed() const;

  // Makes applied batches survive power loss. kFenced, kReadOnly, kIoError.
  Result<void> SyncLog();

  // Begins a new log and lets the root name it, so that opening misses it when it is gone. If only the latter
  // fails, batches go to the new log all the same: a root that could not be written may name it or not.
  Result<void> BeginLog();

  // Begins a new log and seals every memtable that holds something. Nothing may be sealed already.
  Result<void> Seal();

  using NextStates = std::vector<std::pair<CollectionImpl*, CollectionState>>;

  // Makes `next` the states of their collections, first in the root and then here. On failure nothing has
  // changed here. `flushed` is the last batch that segments now hold; `dropped`, if not null, is left out of
  // the root.
  Result<void> Commit(NextStates next, uint64_t flushed, const CollectionImpl* dropped = nullptr);

  // Removes files that nobody reads any more. A file that cannot be removed now is tried again later.
  void TakeOutTrash();

  // Gives the block cache what memtables and indexes leave of the memory budget.
  void BalanceMemory();
};

}  // namespace strata
