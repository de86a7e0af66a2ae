#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "strata/result.h"

namespace strata {

// Files have numbers, not names: no byte that a user chose ever becomes a path.
using FileNumber = uint64_t;

// Everything the engine asks of the outside world: nothing else opens a file, reads a clock or draws a random
// number, so a test can cut the power between any two calls. Posix, memory, fault and JavaScript versions all
// pass tests/core/env/env_contract_test.cc.
//
// What survives a power cut: bytes of a file that were written before a Sync() of that file returned OK,
// provided the file's name was made durable by SyncNames() after its Create(). Anything newer may be kept,
// lost or torn at 512-byte sectors; bytes of sectors nobody wrote to stay as they were. What survives the
// death of the process alone: every WriteAt() that returned OK.
//
// A host that can only persist asynchronously keeps writes in memory, treats Sync() as a barrier that it
// persists later in order, and tells its own caller when that has happened (see js/src/storage/).
//
// Calls come from one thread at a time. No call keeps a pointer into the caller's memory after it returns.
class Env {
 public:
  virtual ~Env() = default;

  // The numbers of all files, ascending.
  virtual Result<std::vector<FileNumber>> List() = 0;

  // Makes an empty file. kAlreadyExists if there is one; kNoSpace.
  virtual Result<void> Create(FileNumber file) = 0;

  // Size in bytes. kNotFound.
  virtual Result<uint64_t> Size(FileNumber file) = 0;

  // Fills all of `out` from `offset`. kNotFound; kCorruption if the file ends before that; kIoError.
  virtual Result<void> ReadAt(FileNumber file, uint64_t offset, std::span<std::byte> out) = 0;

  // Writes all of `bytes` at `offset`, which is at most the file's size (writing at the end appends). A short
  // write is an error, never a smaller success; after an error the file holds any prefix of `bytes`.
  // kNotFound; kInvalidArgument if offset > size; kNoSpace; kIoError.
  virtual Result<void> WriteAt(FileNumber file, uint64_t offset, std::span<const std::byte> bytes) = 0;

  // Cuts the file to `size` bytes, which is at most its size. kNotFound; kInvalidArgument; kIoError.
  virtual Result<void> Truncate(FileNumber file, uint64_t size) = 0;

  // Makes the file's bytes durable. After a failure the state of unsynced bytes is unknown and stays so.
  virtual Result<void> Sync(FileNumber file) = 0;

  // Makes all Create() and Remove() calls so far durable.
  virtual Result<void> SyncNames() = 0;

  // Removes the file. kNotFound.
  virtual Result<void> Remove(FileNumber file) = 0;

  // Microseconds from some fixed moment, never going back. For measuring, never for deciding what is stored.
  virtual uint64_t NowMicros() = 0;

  // Fills `out` with random bytes fit for identifiers.
  virtual void FillRandom(std::span<std::byte> out) = 0;
};

}  // namespace strata
