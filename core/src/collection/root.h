#pragma once

#include <cstdint>
#include <optional>

#include "collection/engine_context.h"
#include "collection/log_set.h"
#include "lsm/manifest.h"
#include "lsm/superblock.h"
#include "strata/database.h"

namespace strata {

// The root of a database: which manifest is the current one, which log the newest, and who may change that.
// Publish() is the only moment at which files come into being or go out of use, so a crash leaves either the
// old state or the new one. Whatever is published says what `logs` hold, so that opening misses what is lost.
class Root {
 public:
  Root(EngineContext* context, const LogSet* logs) : context_(context), logs_(logs) {}

  // Makes an empty database, which is a superblock that names no manifest. A creation that was cut short
  // before is simply done again.
  Result<Manifest> Create();

  // The newest state whose manifest verifies. kNotFound if there is no database; kCorruption. Falling back to
  // the previous state is noted in `report`.
  Result<Manifest> Load(RecoveryReport* report);

  // Raises the epoch: from here on an older owner is fenced.
  Result<void> BeginEpoch();

  // kFenced if a newer owner has opened the database.
  Result<void> CheckFence();

  // Makes `manifest` the state after a crash; everything it names must be durable already. On failure the old
  // state stands; if even that is not known, every later call is kReadOnly.
  Result<void> Publish(const Manifest& manifest);

  // Publishes what the logs hold now, if that is not known yet. Fails like Publish().
  Result<void> PublishLogs();

  // A write of the superblock failed: whether the old or the new state is stored is not known.
  bool broken() const { return broken_; }

  // Whether the superblock in storage can be read and is ours. kCorruption, kFenced.
  Result<void> Verify() { return CheckFence(); }

  const Superblock& stored() const { return superblock_->current(); }

 private:
  Result<Manifest> Read(const Superblock& superblock) const;
  // `stored()` with what the logs hold now.
  Superblock Next() const;
  Result<void> PublishNext(const Superblock& next);

  EngineContext* context_;
  const LogSet* logs_;
  std::optional<SuperblockFile> superblock_;
  bool broken_ = false;
};

}  // namespace strata
