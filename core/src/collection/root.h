#pragma once

#include <cstdint>
#include <optional>

#include "collection/engine_context.h"
#include "lsm/manifest.h"
#include "lsm/superblock.h"
#include "strata/database.h"

namespace strata {

// The root of a database: which manifest is the current one, and who may change it. Publish() is the only
// moment at which files come into being or go out of use, so a crash leaves either the old state or the new
// one.
class Root {
 public:
  explicit Root(EngineContext* context) : context_(context) {}

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

  // A write of the superblock failed: whether the old or the new state is stored is not known.
  bool broken() const { return broken_; }

  // Whether the superblock in storage can be read and is ours. kCorruption, kFenced.
  Result<void> Verify() { return CheckFence(); }

  FileNumber manifest_file() const { return superblock_ ? superblock_->current().manifest : 0; }

 private:
  Result<Manifest> Read(const Superblock& superblock) const;

  EngineContext* context_;
  std::optional<SuperblockFile> superblock_;
  bool broken_ = false;
};

}  // namespace strata
