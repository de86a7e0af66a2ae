#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "file/file_header.h"
#include "lsm/log_record.h"
#include "strata/env.h"
#include "strata/result.h"

namespace strata {

// Appends batches to one log file. Format in docs/formats/log.md.
//
// After an error it stays honest rather than hopeful: a failed append is cut off again, so that the next one
// follows the last good record; when that fails too, or when a sync fails, the file's state is unknown (a
// second fsync that succeeds proves nothing: Rebello et al., "Can Applications Recover from fsync Failures?",
// USENIX ATC 2020), and every later call is kReadOnly.
class LogWriter {
 public:
  // Makes the file `header.file` and its header durable. `header.sequence` is that of the first batch. After
  // an error the file may be there, empty or whole; its number is used up. `env` outlives this.
  static Result<std::unique_ptr<LogWriter>> Create(Env* env, const FileHeader& header);

  // Adds a record of 1..kLogPayloadBytesMax bytes. `sequence` follows the one before. Once OK it survives the
  // death of the process. kInvalidArgument; kNoSpace, kIoError: nothing was added; kReadOnly. Large payloads
  // are not copied.
  Result<void> Append(std::span<const std::byte> payload, uint64_t sequence);

  // Makes all records survive power loss. kReadOnly; kIoError: and read-only from now on.
  Result<void> Sync();

  uint64_t size() const { return size_; }  // Bytes of header and good records.
  FileNumber file() const { return header_.file; }
  uint64_t next_sequence() const { return next_sequence_; }

 private:
  LogWriter(Env* env, const FileHeader& header);

  Result<void> Write(const LogRecordHeaderBytes& record, std::span<const std::byte> payload);
  Result<void> CheckWritable() const;

  Env* env_;
  FileHeader header_;
  uint64_t size_ = kFileHeaderBytes;
  uint64_t next_sequence_;
  std::vector<std::byte> buffer_;  // Of one small record; kept to save allocations.
  bool broken_ = false;
};

}  // namespace strata
