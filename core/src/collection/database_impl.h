#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collection/database_core.h"
#include "collection/maintenance.h"
#include "collection/recovery.h"
#include "strata/database.h"

namespace strata {

// The database: recovers, numbers and logs batches, applies them, and hands the rest to Maintenance.
class DatabaseImpl final : public Database, public Writer {
 public:
  DatabaseImpl(Env* env, const DatabaseOptions& options);

  Result<void> Recover();

  const RecoveryReport& recovery() const override { return recovery_; }
  Result<Collection*> OpenCollection(std::string_view name, const CollectionOptions& options) override;
  Result<Collection*> FindCollection(std::string_view name) override;
  std::vector<std::string> CollectionNames() const override;
  Result<void> Drop(std::string_view name) override;
  Result<void> SyncLog() override;
  Result<void> Flush() override;
  bool HasBackgroundWork() const override;
  Result<bool> RunBackground(uint64_t micros) override;
  Result<void> BeginCompact() override;
  Result<double> StepCompact(uint64_t micros) override;
  void StopCompact() override { maintenance_.StopCompact(); }
  Result<std::vector<Damage>> Verify(const Progress& progress) override;
  Result<DatabaseStats> Stats() override;
  Result<void> Close() override;

 private:
  // Writer.
  Result<WriteReply> Write(CollectionImpl& collection, std::vector<WriteOp> ops, WriteToken token,
                           bool defer_sync) override;
  Result<void> CheckOpen() const override;
  LsmInfo DescribeLsm(const CollectionImpl& collection) override;

  Result<void> CheckWritable() const;
  Result<void> LoadCollections(const Manifest& manifest);
  // Applies a batch from the log.
  Result<void> Replay(Batch&& batch);
  // Begins a new epoch and a new log, so that nothing an earlier owner still does can reach us.
  Result<void> BecomeOwner(const ReplayOutcome& replayed);
  // Seals full memtables, flushing what was sealed before: how writes wait for storage.
  Result<void> MakeRoom();
  Batch NextBatch(Batch::Kind kind, uint32_t collection) const;
  Result<void> Log(const Batch& batch);

  DatabaseCore core_;
  Maintenance maintenance_{&core_};
  RecoveryReport recovery_;
  bool closed_ = false;
};

}  // namespace strata
