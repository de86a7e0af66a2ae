#include "collection/database_impl.h"

#include <algorithm>
#include <utility>

#include "bytes/heap_sort.h"
#include "bytes/utf8.h"
#include "collection/resolve_writes.h"
#include "collection/text_search.h"
#include "collection/verify.h"
#include "index/index_kinds.h"
#include "index/index_suite.h"
#include "lsm/batch.h"
#include "lsm/options_message.h"

namespace strata {
namespace {

// kUnsupported if this program leaves out what such a collection needs.
Result<void> CheckSupported(const CollectionOptions& options) {
  if (options.text_index && !HasTextSearch()) {
    return NotInThisBuild();
  }
  return CheckKinds(options);
}

Result<void> CheckCollectionOptions(std::string_view name, const CollectionOptions& options) {
  const auto wrong = [](std::initializer_list<MessagePart> what) {
    return Fail(ErrorCode::kInvalidArgument, what);
  };
  constexpr size_t kNameBytesMax = 255;
  if (name.empty() || name.size() > kNameBytesMax || !IsUtf8(name)) {
    return wrong({"a collection's name is 1 to 255 bytes of UTF-8, found ", name.size(), " bytes"});
  }
  for (const OptionNumber& number : OptionNumbers()) {
    const uint32_t found = options.*number.member;
    if (found >= number.min && found <= number.max) continue;
    return wrong({number.name, " is ", found, ", expected ", number.min, " to ", number.max});
  }
  if (options.hnsw_ef_construction < options.hnsw_m) {
    return wrong(
        {"efConstruction is ", options.hnsw_ef_construction, ", expected m (", options.hnsw_m, ") to 4096"});
  }
  if (options.pq_bits != 4 && options.pq_bits != 8) {
    return wrong({"pq bits is ", options.pq_bits, ", expected 4 or 8"});
  }
  return CheckSupported(options);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::Open(Env* env, const DatabaseOptions& options) {
  auto database = std::make_unique<DatabaseImpl>(env, options);
  STRATA_RETURN_IF_ERROR(database->Recover());
  return database;
}

Result<void> Database::Compact(const Progress& progress) {
  constexpr uint64_t kSliceMicros = 20'000;
  STRATA_RETURN_IF_ERROR(BeginCompact());
  for (double done = 0; done < 1;) {
    if (progress && !progress(done)) {
      StopCompact();
      return Fail(ErrorCode::kAborted, "compaction was stopped; nothing has changed but what was finished");
    }
    STRATA_ASSIGN_OR_RETURN(done, StepCompact(kSliceMicros));
  }
  if (progress) progress(1);
  return {};
}

DatabaseImpl::DatabaseImpl(Env* env, const DatabaseOptions& options) {
  core_.context.env = env;
  core_.context.options = options;
  size_t& budget = core_.context.options.memory_budget_bytes;
  core_.context.cache_follows_vectors = budget == 0;
  if (budget == 0) budget = kMemoryBudgetDefault;
  core_.context.options.memtable_bytes_max =
      std::min(options.memtable_bytes_max, std::max<size_t>(budget / 4, size_t{1} << 20));
  core_.context.cache = BlockCache::Create(budget);
}

Result<void> DatabaseImpl::Recover() {
  const bool read_only = core_.context.options.read_only;
  auto manifest = core_.root.Load(&recovery_);
  if (!manifest && manifest.error().code() == ErrorCode::kNotFound &&
      core_.context.options.create_if_missing && !read_only) {
    manifest = core_.root.Create();
    recovery_.created = manifest.has_value();
  }
  if (!manifest) return PassedError{manifest.error()};
  STRATA_RETURN_IF_ERROR(LoadCollections(*manifest));
  const Superblock& root = core_.root.stored();
  STRATA_ASSIGN_OR_RETURN(const std::vector<FoundLog>& logs, FindLogs(&core_.context, root.log));
  STRATA_ASSIGN_OR_RETURN(const ReplayOutcome& replayed,
                          ReplayLogs(
                              &core_.context, logs, manifest->sequence, root.durable_sequence,
                              [this](Batch&& batch) { return Replay(std::move(batch)); }, &recovery_));
  core_.sequence = replayed.last_sequence;
  if (!read_only) STRATA_RETURN_IF_ERROR(BecomeOwner(replayed));
  core_.BalanceMemory();
  return {};
}

Result<void> DatabaseImpl::LoadCollections(const Manifest& manifest) {
  core_.clients.Load(manifest.clients);
  core_.next_collection = manifest.next_collection;
  core_.sequence = core_.sealed_sequence = core_.flushed_sequence = manifest.sequence;
  for (const CollectionEntry& entry : manifest.collections) {
    STRATA_RETURN_IF_ERROR(CheckSupported(entry.options));
    auto collection =
        std::make_unique<CollectionImpl>(&core_.context, this, entry.id, entry.name, entry.options);
    for (const SegmentEntry& segment : entry.segments) {
      STRATA_ASSIGN_OR_RETURN(SegmentHandle && handle, OpenSegment(&core_.context, segment, /*wanted=*/true));
      collection->state().segments.push_back(std::move(handle));
    }
    collection->state().sequence = manifest.sequence;
    core_.collections.push_back(std::move(collection));
  }
  return {};
}

Result<void> DatabaseImpl::Replay(Batch&& batch) {
  switch (batch.kind) {
    case Batch::Kind::kCreateCollection:
      core_.next_collection = std::max(core_.next_collection, batch.collection + 1);
      if (core_.Find(batch.collection) == nullptr) {
        STRATA_RETURN_IF_ERROR(CheckSupported(batch.options));
        core_.collections.push_back(std::make_unique<CollectionImpl>(
            &core_.context, this, batch.collection, std::move(batch.name), std::move(batch.options)));
      }
      break;
    case Batch::Kind::kDropCollection:
      std::erase_if(core_.collections, [&](const auto& c) { return c->id() == batch.collection; });
      break;
    case Batch::Kind::kWrite:
      // A collection that is not there was dropped by a batch further on.
      if (CollectionImpl* collection = core_.Find(batch.collection)) {
        STRATA_RETURN_IF_ERROR(ApplyOps(std::move(batch.ops), batch.sequence, &collection->state()));
      }
      break;
  }
  core_.sequence = batch.sequence;
  core_.clients.Remember({.client = batch.client, .request = batch.request}, batch.sequence);
  return {};
}

Result<void> DatabaseImpl::BecomeOwner(const ReplayOutcome& replayed) {
  // What was read may never have been synced; a new log that is durable must not follow one that is not.
  for (const auto& [file, last_sequence] : replayed.kept) {
    STRATA_RETURN_IF_ERROR(core_.context.env->Sync(file));
    core_.logs.Adopt(file, last_sequence);
  }
  STRATA_RETURN_IF_ERROR(core_.context.env->SyncNames());
  core_.logs.set_durable_sequence(core_.sequence);
  STRATA_RETURN_IF_ERROR(core_.root.BeginEpoch());
  STRATA_RETURN_IF_ERROR(core_.BeginLog());

  std::vector<FileNumber> used = core_.logs.Files();
  used.push_back(core_.root.stored().manifest);
  for (const auto& collection : core_.collections) {
    for (const SegmentHandle& handle : collection->state().segments) {
      used.push_back(handle.file());
      if (handle.index) used.push_back(handle.index->file());
    }
  }
  return RemoveOrphans(&core_.context, used, &recovery_);
}

Result<void> DatabaseImpl::CheckOpen() const {
  if (closed_) return Fail(ErrorCode::kClosed, "the database is closed");
  return {};
}

Result<void> DatabaseImpl::CheckWritable() const {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  if (core_.context.options.read_only) return Fail(ErrorCode::kReadOnly, "the database was opened read-only");
  return {};
}

Result<Collection*> DatabaseImpl::OpenCollection(std::string_view name, const CollectionOptions& options) {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  STRATA_RETURN_IF_ERROR(CheckCollectionOptions(name, options));
  if (CollectionImpl* existing = core_.Find(name)) {
    if (existing->options() != options) {
      return Fail(
          ErrorCode::kFailedPrecondition,
          {"collection \"", name, "\" exists with other options (dimension ", existing->options().dimension,
           ", asked for ", options.dimension, "); options are fixed when a collection is made"});
    }
    return existing;
  }
  STRATA_RETURN_IF_ERROR(CheckWritable());
  auto collection = std::make_unique<CollectionImpl>(&core_.context, this, core_.next_collection,
                                                     std::string(name), options);
  Batch batch = NextBatch(Batch::Kind::kCreateCollection, core_.next_collection);
  batch.name = name;
  batch.options = options;
  core_.collections.reserve(core_.collections.size() + 1);
  STRATA_RETURN_IF_ERROR(Log(batch));
  ++core_.next_collection;
  core_.collections.push_back(std::move(collection));
  STRATA_RETURN_IF_ERROR(core_.SyncLog());
  return core_.collections.back().get();
}

Result<Collection*> DatabaseImpl::FindCollection(std::string_view name) {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  if (CollectionImpl* existing = core_.Find(name)) return existing;
  return Fail(ErrorCode::kNotFound, {"there is no collection \"", name, "\""});
}

std::vector<std::string> DatabaseImpl::CollectionNames() const {
  std::vector<std::string> names;
  for (const auto& collection : core_.collections) names.emplace_back(collection->name());
  HeapSort(names);
  return names;
}

Result<void> DatabaseImpl::Drop(std::string_view name) {
  STRATA_RETURN_IF_ERROR(CheckWritable());
  CollectionImpl* const collection = core_.Find(name);
  if (collection == nullptr) {
    return Fail(ErrorCode::kNotFound, {"there is no collection \"", name, "\""});
  }
  STRATA_RETURN_IF_ERROR(Log(NextBatch(Batch::Kind::kDropCollection, collection->id())));
  STRATA_RETURN_IF_ERROR(core_.SyncLog());
  maintenance_.Forget(collection);
  // The drop is done; giving back the space can wait if the root cannot be written now.
  const auto committed = core_.Commit({}, core_.flushed_sequence, collection);
  if (committed) {
    for (const SegmentHandle& handle : collection->state().segments) handle.SetWanted(false);
  }
  std::erase_if(core_.collections, [collection](const auto& c) { return c.get() == collection; });
  core_.TakeOutTrash();
  return {};
}

Batch DatabaseImpl::NextBatch(Batch::Kind kind, uint32_t collection) const {
  Batch batch;
  batch.sequence = core_.sequence + 1;
  batch.kind = kind;
  batch.collection = collection;
  return batch;
}

Result<void> DatabaseImpl::Log(const Batch& batch) {
  const std::string encoded = EncodeBatch(batch);
  STRATA_RETURN_IF_ERROR(core_.logs.Append(std::as_bytes(std::span(encoded)), batch.sequence));
  core_.sequence = batch.sequence;
  return {};
}

Result<void> DatabaseImpl::MakeRoom() {
  if (core_.MemtableBytes() < core_.context.options.memtable_bytes_max) return {};
  STRATA_RETURN_IF_ERROR(maintenance_.FinishFlush());
  return core_.Seal();
}

Result<WriteReply> DatabaseImpl::Write(CollectionImpl& collection, std::vector<WriteOp> ops, WriteToken token,
                                       bool defer_sync) {
  STRATA_RETURN_IF_ERROR(CheckWritable());
  if (token.client != 0) {
    if (const auto sequence = core_.clients.Applied(token)) {
      return WriteReply{.sequence = *sequence, .changed = 0, .repeated = true};
    }
  }
  STRATA_RETURN_IF_ERROR(MakeRoom());
  Batch batch = NextBatch(Batch::Kind::kWrite, collection.id());
  batch.client = token.client;
  batch.request = token.request;
  STRATA_ASSIGN_OR_RETURN(batch.ops, ResolveWrites(collection.options(), collection.state(), std::move(ops)));
  if (batch.ops.empty()) return WriteReply{};
  const WriteReply reply{.sequence = batch.sequence, .changed = batch.ops.size(), .repeated = false};

  // Everything that can fail comes before the log, and swapping the state in after it cannot.
  const std::string encoded = EncodeBatch(batch);
  CollectionState next = collection.state();
  STRATA_RETURN_IF_ERROR(ApplyOps(std::move(batch.ops), batch.sequence, &next));
  STRATA_RETURN_IF_ERROR(core_.logs.Append(std::as_bytes(std::span(encoded)), reply.sequence));
  std::swap(collection.state(), next);
  core_.sequence = reply.sequence;
  core_.clients.Remember(token, reply.sequence);
  core_.last_write_micros = core_.context.env->NowMicros();
  if (core_.context.options.durability == Durability::kStrict && !defer_sync) {
    STRATA_RETURN_IF_ERROR(core_.SyncLog());
  }
  return reply;
}

Result<void> DatabaseImpl::SyncLog() {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  return core_.SyncLog();
}

Result<void> DatabaseImpl::Flush() {
  STRATA_RETURN_IF_ERROR(CheckWritable());
  STRATA_RETURN_IF_ERROR(maintenance_.FinishFlush());
  if (core_.MemtableBytes() == 0) return core_.SyncLog();
  STRATA_RETURN_IF_ERROR(core_.Seal());
  return maintenance_.FinishFlush();
}

bool DatabaseImpl::HasBackgroundWork() const { return !closed_ && maintenance_.Due(); }

Result<bool> DatabaseImpl::RunBackground(uint64_t micros) {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  return maintenance_.Run(micros);
}

Result<void> DatabaseImpl::BeginCompact() {
  STRATA_RETURN_IF_ERROR(CheckWritable());
  maintenance_.BeginCompact();
  return {};
}

Result<double> DatabaseImpl::StepCompact(uint64_t micros) {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  return maintenance_.StepCompact(micros);
}

Result<std::vector<Damage>> DatabaseImpl::Verify(const Progress& progress) {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  if (!HasIndexSuite()) return NotInThisBuild();
  return VerifyFiles(&core_, progress);
}

Result<DatabaseStats> DatabaseImpl::Stats() {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  DatabaseStats stats;
  stats.sequence = core_.sequence;
  stats.durable_sequence = core_.logs.durable_sequence();
  stats.epoch = core_.context.epoch;
  STRATA_ASSIGN_OR_RETURN(const std::vector<FileNumber>& files, core_.context.env->List());
  stats.files = files.size();
  for (FileNumber file : files) {
    STRATA_ASSIGN_OR_RETURN(const uint64_t bytes, core_.context.env->Size(file));
    stats.bytes += bytes;
  }
  const BlockCache::Stats cache = core_.context.cache->stats();
  stats.cache_hits = cache.hits;
  stats.cache_misses = cache.misses;
  stats.flushes = maintenance_.counts().flushes;
  stats.compactions = maintenance_.counts().compactions;
  stats.index_builds = maintenance_.counts().index_builds;
  stats.memory_bytes = cache.bytes + core_.IndexBytes();
  for (const auto& collection : core_.collections) {
    const CollectionState& state = collection->state();
    CollectionStats& one = stats.collections.emplace_back();
    one.name = collection->name();
    one.records = state.LiveRecords();
    one.segments = state.segments.size();
    const auto add_table = [&](const Memtable& table) {
      one.memtable_records += table.size();
      one.memtable_bytes += table.bytes();
    };
    add_table(state.memtable);
    for (const Memtable& sealed : state.sealed) add_table(sealed);
    for (const SegmentHandle& handle : state.segments) {
      one.dead_rows += handle.dead_count;
      if (handle.index && handle.index->state() != IndexSlot::State::kDamaged)
        one.indexed_rows += handle.live_rows();
    }
    stats.memory_bytes += one.memtable_bytes;
  }
  return stats;
}

LsmInfo DatabaseImpl::DescribeLsm(const CollectionImpl& collection) {
  if (!HasIndexSuite()) return {};  // Nobody can ask for it.
  LsmInfo info;
  info.log_file = core_.logs.current_file();
  info.log_bytes = core_.logs.current_bytes();
  info.sequence = core_.sequence;
  info.durable_sequence = core_.logs.durable_sequence();
  info.pending = maintenance_.PendingFor(collection);
  info.done.assign(maintenance_.done().begin(), maintenance_.done().end());
  return info;
}

Result<void> DatabaseImpl::Close() {
  STRATA_RETURN_IF_ERROR(CheckOpen());
  auto closed = core_.SyncLog();
  // From now on a log that ends earlier is not what a crash left.
  if (closed && !core_.context.options.read_only) closed = core_.root.PublishLogs();
  closed_ = true;
  return closed;
}

}  // namespace strata
