#pragma once

#include <cstdint>

#include "bytes/function_ref.h"
#include "file/file_header.h"
#include "lsm/batch.h"
#include "strata/env.h"
#include "strata/result.h"

namespace strata {

// What a log held.
struct LogReplay {
  FileHeader header;
  uint64_t batches = 0;
  uint64_t last_sequence = 0;  // header.sequence - 1 when there is no batch.
  uint64_t good_bytes = 0;     // Header and good records.
  uint64_t dropped_bytes = 0;  // What follows them.
  // A whole, valid record of this log stands somewhere in the dropped bytes. So they are not the torn end of
  // the last append: storage damaged them, or a power cut kept later unsynced records and lost an earlier
  // one.
  bool damaged = false;
};

// Calls `apply` for the longest good prefix of the log: records follow each other with the right checksum and
// without a gap in their sequences. Stops at the first error of `apply` and returns it.
//
// kNotFound; kCorruption if the header is not that of a log of `database`, or a record with the right
// checksum holds no batch; kUnsupportedFormat. Reads in chunks of 256 KiB; a larger record takes memory of
// its own size, which is checked against the file's. O(file bytes).
//
// What was read may not be durable yet (the writer may have died before its Sync()): whoever builds on it,
// with a new log that continues the sequence, calls Sync() of this file first.
Result<LogReplay> ReplayLog(Env* env, FileNumber file, const DatabaseId& database,
                            FunctionRef<Result<void>(Batch&&)> apply);

}  // namespace strata
