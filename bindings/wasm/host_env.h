#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "strata/env.h"

namespace strata {

// The Env whose files JavaScript keeps: js/src/engine/host_functions.ts answers these calls from a
// HostStorage (Node files, OPFS, IndexedDB, memory). They are plain imported functions on numbers and
// addresses, since every block that the engine reads passes here.
//
// No call back into the engine happens while one of them runs, and none of them throws.
class HostEnv : public Env {
 public:
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
};

// Tells JavaScript how far long work has come, in [0, 1]; false asks to stop it.
bool ReportProgress(double done);

}  // namespace strata
