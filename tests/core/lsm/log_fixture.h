#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lsm/log_reader.h"
#include "lsm/log_writer.h"
#include "support/files.h"

namespace strata {

inline constexpr FileNumber kLogFile = 4;
inline constexpr DatabaseId kLogDatabase = {0x5d, 0xb1};

inline FileHeader LogHeader(uint64_t first_sequence) {
  return {.kind = FileKind::kLog,
          .database = kLogDatabase,
          .file = kLogFile,
          .epoch = 2,
          .sequence = first_sequence};
}

// A batch that tells its sequence, of about `bytes` bytes.
inline Batch LogBatch(uint64_t sequence, size_t bytes = 0) {
  Batch batch{.sequence = sequence, .collection = 1};
  batch.ops.push_back({.key = "k" + std::to_string(sequence), .metadata = std::string(bytes, 'm')});
  return batch;
}

inline Result<void> Append(LogWriter& log, const Batch& batch) {
  const std::string bytes = EncodeBatch(batch);
  return log.Append(BytesOf(bytes), batch.sequence);
}

// A replayed log with the batches it gave.
struct Replayed {
  LogReplay log;
  std::vector<Batch> batches;
};

inline Result<Replayed> Replay(Env* env, FileNumber file = kLogFile) {
  Replayed replayed;
  STRATA_ASSIGN_OR_RETURN(replayed.log,
                          ReplayLog(env, file, kLogDatabase, [&](Batch&& batch) -> Result<void> {
                            replayed.batches.push_back(std::move(batch));
                            return {};
                          }));
  return replayed;
}

}  // namespace strata
