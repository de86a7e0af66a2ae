#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "strata/env.h"

namespace strata {

struct MemoryOptions {
  // Remember what is durable, so that Crash() can tell. Costs a second copy of everything, and a third of
  // unsynced bytes.
  bool can_crash = true;
  // 0: FillRandom() asks the system. Otherwise its bytes follow from the seed.
  uint64_t random_seed = 0;
};

// What a power cut leaves of bytes that were not synced. A sector (512 bytes) is never torn itself: it is as
// it was after one of the writes that touched it, or as it was synced.
enum class UnsyncedBytes : uint8_t {
  kDropped = 0,  // Nothing of them.
  kTorn = 1,     // The first few writes; of the last of these only the first few sectors.
  kShort = 2,    // Like kTorn, but what the file grew by may end at any byte.
  // Each sector on its own is the old or one of the new ones; the size is one that the file had; gaps are
  // zeros.
  kReordered = 3,
  kKept = 4,  // All of them: the process died, not the power.
};

// What a power cut leaves of Create() and Remove() calls after the last SyncNames().
enum class UnsyncedNames : uint8_t {
  kDropped = 0,  // Created files vanish, removed ones come back.
  kKept = 1,     // All are done.
  kRandom = 2,   // Each on its own.
};

struct CrashOptions {
  UnsyncedBytes bytes = UnsyncedBytes::kDropped;
  UnsyncedNames names = UnsyncedNames::kDropped;
  uint64_t seed = 1;  // Decides whatever is left open.
};

// Files in memory: the storage of databases that need not last, and the disk of the crash tests. Knows for
// every file and name what is durable and what is not, and so which disks a power cut could leave behind.
//
// Reads and writes cost a memcpy; Crash() copies every durable byte.
class MemoryEnv : public Env {
 public:
  explicit MemoryEnv(MemoryOptions options = {});
  MemoryEnv(MemoryEnv&&) noexcept;
  MemoryEnv& operator=(MemoryEnv&&) noexcept;
  ~MemoryEnv() override;

  // A disk as it may be found after a power cut now; everything on it is durable. This one stays as it is.
  // Needs `can_crash`.
  MemoryEnv Crash(const CrashOptions& options = {}) const;

  Result<std::vector<FileNumber>> List() override;
  Result<void> Create(FileNumber file) override;
  Result<uint64_t> Size(FileNumber file) override;
  Result<void> ReadAt(FileNumber file, uint64_t offset, std::span<std::byte> out) override;
  Result<void> WriteAt(FileNumber file, uint64_t offset, std::span<const std::byte> bytes) override;
  Result<void> Truncate(FileNumber file, uint64_t size) override;
  Result<void> Sync(FileNumber file) override;
  Result<void> SyncNames() override;
  Result<void> Remove(FileNumber file) override;
  uint64_t NowMicros() override;
  void FillRandom(std::span<std::byte> out) override;

 private:
  struct File;
  using Names = std::map<FileNumber, std::shared_ptr<File>>;

  Result<File*> Find(FileNumber file);

  MemoryOptions options_;
  uint64_t random_state_ = 0;
  Names names_;
  Names durable_names_;  // Unused without can_crash.
};

}  // namespace strata
