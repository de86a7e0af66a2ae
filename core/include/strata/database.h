#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "strata/collection.h"
#include "strata/env.h"
#include "strata/options.h"
#include "strata/result.h"

namespace strata {

// What opening found and did.
struct RecoveryReport {
  bool created = false;  // There was no database; an empty one was made.
  uint64_t batches_replayed = 0;
  uint64_t log_bytes_dropped = 0;  // After the longest good prefix.
  // What was dropped held a batch that looks whole, or one that had been durable: damage, not a torn tail.
  bool log_damaged = false;
  std::vector<std::string>
      notes;  // One sentence each, for people: damaged indexes set aside, orphans removed.
};

struct CollectionStats {
  std::string name;
  uint64_t records = 0;
  uint64_t memtable_records = 0;
  uint64_t memtable_bytes = 0;
  uint64_t segments = 0;
  uint64_t dead_rows = 0;
  uint64_t indexed_rows = 0;  // Rows in segments whose vector index is ready.
};

struct DatabaseStats {
  uint64_t sequence = 0;          // The last applied batch.
  uint64_t durable_sequence = 0;  // The last batch that survives power loss.
  uint64_t epoch = 0;
  uint64_t files = 0;
  uint64_t bytes = 0;         // On storage.
  uint64_t memory_bytes = 0;  // Memtables, codes, graphs and cached blocks.
  uint64_t cache_hits = 0;
  uint64_t cache_misses = 0;
  uint64_t flushes = 0;
  uint64_t compactions = 0;
  uint64_t index_builds = 0;
  std::vector<CollectionStats> collections;
};

// A finding of Verify().
struct Damage {
  FileNumber file = 0;
  std::string message;
};

// One database: a write-ahead log, and per collection a memtable and segments, in numbered files of one Env.
// All calls come from one thread at a time. Destroying it without Close() is what a crash is, and as safe.
class Database {
 public:
  // Opens or creates the database in `env`, which outlives it. Bumps the epoch unless read-only.
  // kCorruption names file and place; kUnsupportedFormat; kNotFound (absent and not to be created); kIoError.
  static Result<std::unique_ptr<Database>> Open(Env* env, const DatabaseOptions& options);
  virtual ~Database() = default;

  virtual const RecoveryReport& recovery() const = 0;

  // Opens the collection, making it if absent. kFailedPrecondition if it exists with other options; names
  // are 1..255 bytes of UTF-8. The pointer lives until Drop() or the end of the database.
  virtual Result<Collection*> OpenCollection(std::string_view name, const CollectionOptions& options) = 0;
  // The collection as it was made, or kNotFound.
  virtual Result<Collection*> FindCollection(std::string_view name) = 0;
  virtual std::vector<std::string> CollectionNames() const = 0;
  virtual Result<void> Drop(std::string_view name) = 0;

  // Makes every applied batch survive power loss.
  virtual Result<void> SyncLog() = 0;
  // Writes all memtables to segments and starts a new log; implies SyncLog().
  virtual Result<void> Flush() = 0;

  // Flushing, merging and index building happen in bounded steps. True when some are due, now or soon:
  // indexes wait for a quarter of a second without writes, and what failed is tried again after one.
  virtual bool HasBackgroundWork() const = 0;
  // Does steps for about `micros`; returns whether more can be done right away. An error leaves the database
  // usable.
  virtual Result<bool> RunBackground(uint64_t micros) = 0;
  // Flushing, merging each collection into one segment without dead rows and building its index, in bounded
  // steps with any other calls in between. What is written meanwhile may be left for the next time. Until the
  // end RunBackground() does nothing. Beginning again starts over.
  virtual Result<void> BeginCompact() = 0;
  // Does steps for about `micros`; returns the share that is done, 1 at the end. An error ends the compaction
  // and leaves everything consistent. kFailedPrecondition if none has begun.
  virtual Result<double> StepCompact(uint64_t micros) = 0;
  // Gives up what is not finished, if anything.
  virtual void StopCompact() = 0;
  // All steps in one call; kAborted if `progress` says so.
  Result<void> Compact(const Progress& progress = {});

  // Reads every byte of every file and checks it. Empty: all is well.
  virtual Result<std::vector<Damage>> Verify(const Progress& progress = {}) = 0;

  virtual Result<DatabaseStats> Stats() = 0;

  // Syncs and closes; every later call is kClosed.
  virtual Result<void> Close() = 0;
};

}  // namespace strata
