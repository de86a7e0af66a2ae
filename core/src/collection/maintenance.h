#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collection/database_core.h"
#include "collection/index_build.h"
#include "collection/segment_build.h"
#include "lsm/compaction_picker.h"
#include "strata/database.h"

namespace strata {

struct FlushPart {
  CollectionImpl* collection = nullptr;
  std::unique_ptr<SegmentBuild> build;
};
// Sealed memtables of all collections, one segment each.
struct FlushJob {
  std::vector<FlushPart> parts;
  size_t next_part = 0;
  uint64_t sequence = 0;
};
// Segments of one collection into one, with its index.
struct MergeJob {
  CollectionImpl* collection = nullptr;
  std::string what;
  std::unique_ptr<SegmentBuild> build;
  std::optional<SegmentHandle> merged;
  std::unique_ptr<IndexBuild> index;
  bool built = false;
};
// The index of one segment.
struct IndexJob {
  CollectionImpl* collection = nullptr;
  std::string what;
  std::unique_ptr<IndexBuild> build;
};

// All collections to one segment each, by merges and index builds one after the other.
struct CompactJob {
  std::vector<uint32_t> left;  // Ids of the collections that are not done, the current one last.
  size_t collection_count = 0;
  bool sealed = false;  // The memtables that were there at the beginning are.
  bool merged = false;  // The current collection's segments have been. What is written later can wait.
  double done = 0;      // Never falls.
};

// Carries out what keeps a database fast, in bounded steps: writing sealed memtables to segments, merging
// segments, and building vector indexes, in that order of urgency. What is due is decided by the compaction
// picker; each job works on snapshots and ends in one DatabaseCore::Commit(), so giving a job up at any
// moment loses only its work.
class Maintenance {
 public:
  explicit Maintenance(DatabaseCore* core) : core_(core) {}

  // Whether anything is due now or soon.
  bool Due() const;

  // Works for about `micros`; whether more can be done right away. After an error the job is given up, and
  // tried again no sooner than a second later.
  Result<bool> Run(uint64_t micros);

  // Writes everything that is sealed to segments.
  Result<void> FinishFlush();

  // See Database. Merges and index builds under way are given up.
  void BeginCompact();
  Result<double> StepCompact(uint64_t micros);
  void StopCompact();

  // Gives up what is being done for `collection`.
  void Forget(const CollectionImpl* collection);

  std::vector<std::string> PendingFor(const CollectionImpl& collection) const;
  const std::deque<std::string>& done() const { return done_; }

  struct Counts {
    uint64_t flushes = 0;
    uint64_t compactions = 0;
    uint64_t index_builds = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  Result<bool> RunOnce(uint64_t deadline_micros);
  Result<bool> StepFlush(uint64_t deadline_micros);
  Result<bool> StepMerge(uint64_t deadline_micros);
  Result<bool> StepIndex(uint64_t deadline_micros);
  Result<void> CommitFlush();
  Result<void> CommitMerge();
  Result<void> CommitIndex();

  void StartFlush();
  Result<void> StartPlan(CollectionImpl* collection, const CompactionPlan& plan);
  // Starts the first plan that is due, if any; whether it did.
  Result<bool> PickNext();
  // Seals, or starts the compaction's next plan; false when it is done.
  Result<bool> PickForCompaction();
  // Gives up all jobs and the compaction.
  void GiveUp();
  std::vector<SegmentFacts> FactsOf(const CollectionImpl& collection) const;
  CompactionPolicy Policy() const;
  void Note(std::string what);

  DatabaseCore* core_;
  std::optional<FlushJob> flush_;
  std::optional<MergeJob> merge_;
  std::optional<IndexJob> index_;
  std::optional<CompactJob> compact_;
  uint64_t not_before_micros_ = 0;
  std::deque<std::string> done_;
  Counts counts_;
};

}  // namespace strata
