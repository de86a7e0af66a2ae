#pragma once

#include <cstdint>

#include "strata/env.h"

namespace strata {

// What goes wrong, and at which call. Calls are counted from 0.
struct Fault {
  enum class Kind : uint8_t {
    kNone = 0,
    kPowerCut = 1,     // Call `call` and every later one is not carried out and fails with kIoError.
    kFailOnce = 2,     // Call `call` is not carried out and fails with `code`.
    kFailForever = 3,  // Call `call` and every later one is not carried out and fails with `code`.
    // If call `call` is a WriteAt(), half of its bytes are written and it fails with `code`.
    kShortWrite = 4,
  };
  Kind kind = Kind::kNone;
  uint64_t call = 0;
  ErrorCode code = ErrorCode::kIoError;
};

// Passes calls on to another Env until the planned fault happens. A test runs its workload with `call` = 0,
// 1, 2, ... until a run ends with tripped() still false: then every call has been the failing one once.
//
// The clock and randomness cannot fail and are not counted.
class FaultEnv : public Env {
 public:
  // `env` outlives this.
  explicit FaultEnv(Env* env, Fault fault = {}) : env_(env), fault_(fault) {}

  uint64_t calls() const { return calls_; }  // Counted so far, the failed ones included.
  bool tripped() const { return tripped_; }  // The fault has happened.
  void Repair() { fault_ = {}; }             // From now on nothing fails. Counting goes on.

  Result<std::vector<FileNumber>> List() override;
  Result<void> Create(FileNumber file) override;
  Result<uint64_t> Size(FileNumber file) override;
  Result<void> ReadAt(FileNumber file, uint64_t offset, std::span<std::byte> out) override;
  Result<void> WriteAt(FileNumber file, uint64_t offset, std::span<const std::byte> bytes) override;
  Result<void> Truncate(FileNumber file, uint64_t size) override;
  Result<void> Sync(FileNumber file) override;
  Result<void> SyncNames() override;
  Result<void> Remove(FileNumber file) override;
  uint64_t NowMicros() override { return env_->NowMicros(); }
  void FillRandom(std::span<std::byte> out) override { env_->FillRandom(out); }

 private:
  // Counts a call; its error if it is to fail.
  Result<void> Count();

  Env* env_;
  Fault fault_;
  uint64_t calls_ = 0;
  bool tripped_ = false;
};

}  // namespace strata
