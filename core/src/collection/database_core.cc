#include "collection/database_core.h"

#include <algorithm>
#include <set>

namespace strata {
namespace {

CollectionEntry MakeEntry(const CollectionImpl& collection, const CollectionState& state) {
  CollectionEntry entry{.id = collection.id(),
                        .name = std::string(collection.name()),
                        .options = collection.options(),
                        .segments = {}};
  for (const SegmentHandle& handle : state.segments) {
    const bool has_index = handle.index && handle.index->state() != IndexSlot::State::kDamaged;
    entry.segments.push_back({.file = handle.file(),
                              .index_file = has_index ? handle.index->file() : 0,
                              .row_count = handle.segment->row_count(),
                              .dead = *handle.dead});
  }
  return entry;
}

// The files of `after` are wanted from now on, those that only `before` had no longer.
void UpdateLeases(const CollectionState& before, const CollectionState& after) {
  for (const SegmentHandle& handle : before.segments) handle.SetWanted(false);
  for (const SegmentHandle& handle : after.segments) {
    handle.SetWanted(true);
    if (handle.index && handle.index->state() == IndexSlot::State::kDamaged)
      handle.index->lease().set_wanted(false);
  }
}

}  // namespace

CollectionImpl* DatabaseCore::Find(std::string_view name) const {
  for (const auto& collection : collections) {
    if (collection->name() == name) return collection.get();
  }
  return nullptr;
}

CollectionImpl* DatabaseCore::Find(uint32_t id) const {
  for (const auto& collection : collections) {
    if (collection->id() == id) return collection.get();
  }
  return nullptr;
}

size_t DatabaseCore::MemtableBytes() const {
  size_t bytes = 0;
  for (const auto& collection : collections) bytes += collection->state().memtable.bytes();
  return bytes;
}

size_t DatabaseCore::IndexBytes() const {
  size_t bytes = 0;
  for (const auto& collection : collections) {
    for (const SegmentHandle& handle : collection->state().segments) bytes += handle.memory_bytes();
  }
  return bytes;
}

bool DatabaseCore::HasSealed() const {
  return std::any_of(collections.begin(), collections.end(),
                     [](const auto& collection) { return !collection->state().sealed.empty(); });
}

Result<void> DatabaseCore::SyncLog() {
  if (context.options.read_only || logs.durable_sequence() >= sequence) return {};
  STRATA_RETURN_IF_ERROR(root.CheckFence());
  return logs.Sync();
}

Result<void> DatabaseCore::BeginLog() {
  STRATA_RETURN_IF_ERROR(logs.Begin(sequence + 1));
  return root.PublishLogs();
}

Result<void> DatabaseCore::Seal() {
  STRATA_RETURN_IF_ERROR(SyncLog());
  STRATA_RETURN_IF_ERROR(BeginLog());
  for (const auto& collection : collections) {
    CollectionState& state = collection->state();
    if (state.memtable.size() == 0) continue;
    state.sealed.push_back(std::move(state.memtable));
    state.memtable = Memtable();
  }
  sealed_sequence = sequence;
  return {};
}

Result<void> DatabaseCore::Commit(NextStates next, uint64_t flushed, const CollectionImpl* dropped) {
  // The root will tell which rows are dead as of now, also by batches that are not synced yet. Were the power
  // to take those, the rows they killed would be gone without what replaced them.
  STRATA_RETURN_IF_ERROR(SyncLog());
  Manifest manifest{
      .sequence = flushed, .next_collection = next_collection, .collections = {}, .clients = {}};
  manifest.clients = clients.entries();
  for (const auto& collection : collections) {
    if (collection.get() == dropped) continue;
    const auto changed = std::find_if(next.begin(), next.end(),
                                      [&](const auto& pair) { return pair.first == collection.get(); });
    manifest.collections.push_back(
        MakeEntry(*collection, changed != next.end() ? changed->second : collection->state()));
  }
  if (auto published = root.Publish(manifest); !published) {
    // If nobody knows which state the root holds, the new files have to stay as well.
    if (root.broken()) {
      for (const auto& [collection, state] : next) {
        for (const SegmentHandle& handle : state.segments) handle.SetWanted(true);
      }
    }
    return published;
  }
  for (auto& [collection, state] : next) {
    UpdateLeases(collection->state(), state);
    collection->state() = std::move(state);
  }
  flushed_sequence = flushed;
  logs.Release(flushed);
  TakeOutTrash();
  BalanceMemory();
  return {};
}

void DatabaseCore::TakeOutTrash() {
  std::vector<FileNumber> files = std::exchange(context.trash->files, {});
  for (FileNumber file : files) {
    context.cache->Forget(file);
    const auto removed = context.env->Remove(file);
    if (!removed && removed.error().code() != ErrorCode::kNotFound) context.trash->files.push_back(file);
  }
}

uint64_t DatabaseCore::CacheBytesWanted() const {
  constexpr uint64_t kFixedBytes = 31u << 20;  // What engine, host and a small index weigh, roughly.
  uint64_t measured = 0;                       // Bytes of vectors that searches run on.
  uint64_t rescored = 0;                       // Of those that only recompute what codes found.
  for (const auto& collection : collections) {
    const bool quantized = collection->options().quantization != Quantization::kNone;
    for (const SegmentHandle& handle : collection->state().segments) {
      const uint64_t floats = uint64_t{handle.segment->row_count()} * handle.segment->dimension();
      (quantized && handle.index ? rescored : measured) += floats * sizeof(float);
    }
  }
  // A quarter more: blocks that are cached weigh more than their bytes.
  return kCacheBytesMin + measured + measured / 4 + (rescored > kFixedBytes ? rescored - kFixedBytes : 0);
}

void DatabaseCore::BalanceMemory() {
  const size_t budget = context.options.memory_budget_bytes;
  const size_t taken = MemtableBytes() + IndexBytes();
  if (context.cache_follows_vectors) context.cache_bytes_wanted = CacheBytesWanted();
  context.SetCacheRoom(budget > taken ? budget - taken : 0);
}

}  // namespace strata
