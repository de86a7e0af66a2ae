#include "collection/verify.h"

#include <memory>
#include <utility>

#include "lsm/log_reader.h"
#include "lsm/superblock.h"

namespace strata {
namespace {

// A file to be read through.
struct Check {
  FileNumber file = 0;
  FileKind kind = FileKind::kSuperblock;
  std::shared_ptr<Segment> segment;  // If it is one.
};

Result<void> VerifyLog(const DatabaseCore& core, FileNumber file) {
  const auto ignore = [](Batch&&) -> Result<void> { return {}; };
  STRATA_ASSIGN_OR_RETURN(const LogReplay& replay,
                          ReplayLog(core.context.env, file, core.context.database, ignore));
  const bool cut = file == core.logs.current_file() && replay.good_bytes < core.logs.current_bytes();
  if (replay.damaged || cut) {
    return Fail(ErrorCode::kCorruption, {"log file ", file, ": damaged after byte ", replay.good_bytes});
  }
  return {};
}

Result<void> VerifySections(const DatabaseCore& core, FileKind kind, FileNumber file) {
  STRATA_ASSIGN_OR_RETURN(const auto& reader, SectionReader::Open(core.context.env, nullptr, kind, file));
  return reader->Verify();
}

std::vector<Check> ListChecks(const DatabaseCore& core) {
  std::vector<Check> checks;
  const auto add = [&](FileNumber file, FileKind kind, std::shared_ptr<Segment> segment = nullptr) {
    checks.push_back({file, kind, std::move(segment)});
  };
  add(kSuperblockFile, FileKind::kSuperblock);
  if (const FileNumber manifest = core.root.stored().manifest; manifest != 0) {
    add(manifest, FileKind::kManifest);
  }
  for (FileNumber log : core.logs.Files()) add(log, FileKind::kLog);
  for (const auto& collection : core.collections) {
    for (const SegmentHandle& handle : collection->state().segments) {
      add(handle.file(), FileKind::kSegment, handle.segment);
      if (handle.index) add(handle.index->file(), FileKind::kIndex);
    }
  }
  return checks;
}

Result<void> Run(const Check& check, DatabaseCore& core) {
  if (check.kind == FileKind::kSuperblock) return core.root.Verify();
  if (check.kind == FileKind::kLog) return VerifyLog(core, check.file);
  if (check.kind != FileKind::kSegment) return VerifySections(core, check.kind, check.file);
  STRATA_RETURN_IF_ERROR(check.segment->sections()->Verify());
  return check.segment->Verify();
}

}  // namespace

Result<std::vector<Damage>> VerifyFiles(DatabaseCore* core, const Progress& progress) {
  const std::vector<Check> checks = ListChecks(*core);
  std::vector<Damage> damages;
  for (size_t i = 0; i < checks.size(); ++i) {
    if (progress && !progress(static_cast<double>(i) / static_cast<double>(checks.size()))) {
      return Fail(ErrorCode::kAborted, "verification was stopped");
    }
    if (auto checked = Run(checks[i], *core); !checked)
      damages.push_back({checks[i].file, checked.error().message()});
  }
  if (progress) progress(1);
  return damages;
}

}  // namespace strata
