#include "collection/recovery.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <tuple>

#include "bytes/heap_sort.h"
#include "env/file_name.h"
#include "lsm/log_reader.h"
#include "lsm/superblock.h"

namespace strata {

Result<std::vector<FoundLog>> FindLogs(EngineContext* context, FileNumber newest) {
  STRATA_ASSIGN_OR_RETURN(const std::vector<FileNumber>& files, context->env->List());
  std::vector<FoundLog> logs;
  for (FileNumber file : files) {
    context->next_file = std::max(context->next_file, file + 1);
    if (file == kSuperblockFile) continue;
    // A damaged header may be that of a log, and a log that is passed over is data lost without a word.
    STRATA_ASSIGN_OR_RETURN(const std::optional<FileHeader>& header, ReadFileHeader(context->env, file));
    if (!header || header->kind != FileKind::kLog || header->database != context->database) continue;
    logs.push_back({.file = file, .first_sequence = header->sequence, .epoch = header->epoch});
  }
  if (newest != 0 && std::ranges::find(logs, newest, &FoundLog::file) == logs.end()) {
    return Fail(ErrorCode::kCorruption, {FileName(newest), ": the newest log is missing or empty"});
  }
  HeapSort(logs, [](const FoundLog& a, const FoundLog& b) {
    return std::tie(a.epoch, a.first_sequence, a.file) < std::tie(b.epoch, b.first_sequence, b.file);
  });
  return logs;
}

Result<ReplayOutcome> ReplayLogs(EngineContext* context, const std::vector<FoundLog>& logs,
                                 uint64_t flushed_sequence, uint64_t durable_sequence,
                                 FunctionRef<Result<void>(Batch&&)> apply, RecoveryReport* report) {
  ReplayOutcome outcome{.last_sequence = flushed_sequence, .kept = {}};
  bool damaged = false;
  for (size_t i = 0; i < logs.size(); ++i) {
    // What a later log also holds, that log decides.
    uint64_t limit = std::numeric_limits<uint64_t>::max();
    for (size_t j = i + 1; j < logs.size(); ++j) limit = std::min(limit, logs[j].first_sequence - 1);
    if (logs[i].first_sequence > outcome.last_sequence + 1) {
      damaged = true;
      report->notes.push_back(
          Message({"log file ", logs[i].file, " begins at batch ", logs[i].first_sequence, ", but batch ",
                   outcome.last_sequence + 1, " is missing: the log was not used"}));
      continue;
    }
    uint64_t last_applied = 0;
    const auto apply_new = [&](Batch&& batch) -> Result<void> {
      if (batch.sequence > limit || batch.sequence <= outcome.last_sequence) return {};
      const uint64_t sequence = batch.sequence;
      STRATA_RETURN_IF_ERROR(apply(std::move(batch)));
      outcome.last_sequence = last_applied = sequence;
      ++report->batches_replayed;
      return {};
    };
    STRATA_ASSIGN_OR_RETURN(const LogReplay& replay,
                            ReplayLog(context->env, logs[i].file, context->database, apply_new));
    if (last_applied != 0) outcome.kept.emplace_back(logs[i].file, last_applied);
    // A bad tail counts as lost only if no later log takes over where this one was cut.
    if (replay.dropped_bytes != 0 && outcome.last_sequence < limit) {
      report->log_bytes_dropped += replay.dropped_bytes;
      damaged |= replay.damaged;
      report->notes.push_back(Message(
          {"log file ", logs[i].file, ": ", replay.dropped_bytes, " bytes after byte ", replay.good_bytes,
           " were dropped (", (replay.damaged ? "damage before whole batches" : "a torn tail"), ")"}));
    }
  }
  if (outcome.last_sequence < durable_sequence) {
    damaged = true;
    report->notes.push_back(Message({"the logs end with batch ", outcome.last_sequence, ", but batch ",
                                     durable_sequence, " was on storage"}));
  }
  report->log_damaged = damaged;
  if (damaged && context->options.refuse_damaged_log) {
    return Fail(ErrorCode::kCorruption, {"the log is damaged before its tail: ", report->notes.back()});
  }
  return outcome;
}

Result<void> RemoveOrphans(EngineContext* context, std::span<const FileNumber> used, RecoveryReport* report) {
  STRATA_ASSIGN_OR_RETURN(const std::vector<FileNumber>& files, context->env->List());
  uint64_t removed = 0;
  for (FileNumber file : files) {
    if (file == kSuperblockFile || std::find(used.begin(), used.end(), file) != used.end()) continue;
    STRATA_ASSIGN_OR_RETURN(const std::optional<FileHeader>& header, ReadFileHeader(context->env, file));
    if (header && header->database != context->database) {
      report->notes.push_back(Message({"file ", file, " belongs to another database and was left alone"}));
      continue;
    }
    STRATA_RETURN_IF_ERROR(context->env->Remove(file));
    ++removed;
  }
  if (removed != 0) report->notes.push_back(Message({removed, " leftover files were removed"}));
  return {};
}

}  // namespace strata
