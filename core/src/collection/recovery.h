#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bytes/function_ref.h"
#include "collection/engine_context.h"
#include "lsm/batch.h"
#include "strata/database.h"

namespace strata {

// A log file of this database, as its header says.
struct FoundLog {
  FileNumber file = 0;
  uint64_t first_sequence = 0;
  uint64_t epoch = 0;
};

// All logs of the database, in the order in which they are to be replayed. kCorruption if the header of any
// file is damaged, or if `newest`, where not 0, is not among them.
Result<std::vector<FoundLog>> FindLogs(EngineContext* context, FileNumber newest);

struct ReplayOutcome {
  uint64_t last_sequence = 0;  // Of the longest good prefix.
  std::vector<std::pair<FileNumber, uint64_t>>
      kept;  // Logs that hold batches after the manifest's, and their last.
};

// Applies the batches after `flushed_sequence`, without a gap, for as long as they are good. Where two logs
// both hold a number, the one of the later epoch is right: the earlier owner was fenced. Damage before the
// end, or an end before `durable_sequence`, is reported, or refused (kCorruption) if the options say so.
Result<ReplayOutcome> ReplayLogs(EngineContext* context, const std::vector<FoundLog>& logs,
                                 uint64_t flushed_sequence, uint64_t durable_sequence,
                                 FunctionRef<Result<void>(Batch&&)> apply, RecoveryReport* report);

// Removes files of this database that nothing refers to: what a crash left behind. Files that are not ours
// stay.
Result<void> RemoveOrphans(EngineContext* context, std::span<const FileNumber> used, RecoveryReport* report);

}  // namespace strata
