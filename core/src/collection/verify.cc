#include "collection/verify.h"

#include <functional>
#include <utility>

#include "lsm/log_reader.h"
#include "lsm/superblock.h"

namespace strata {
namespace {

struct Check {
  FileNumber file = 0;
  std::function<Result<void>()> run;
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

std::vector<Check> ListChecks(DatabaseCore* core) {
  std::vector<Check> checks;
  checks.push_back({kSuperblockFile, [core] { return core->root.Verify(); }});
  if (const FileNumber manifest = core->root.stored().manifest; manifest != 0) {
    checks.push_back(
        {manifest, [core, manifest] { return VerifySections(*core, FileKind::kManifest, manifest); }});
  }
  for (FileNumber log : core->logs.Files())
    checks.push_back({log, [core, log] { return VerifyLog(*core, log); }});
  for (const auto& collection : core->collections) {
    for (const SegmentHandle& handle : collection->state().segments) {
      checks.push_back({handle.file(), [segment = handle.segment]() -> Result<void> {
                          STRATA_RETURN_IF_ERROR(segment->sections()->Verify());
                          return segment->Verify();
                        }});
      if (!handle.index) continue;
      const FileNumber index = handle.index->file();
      checks.push_back({index, [core, index] { return VerifySections(*core, FileKind::kIndex, index); }});
    }
  }
  return checks;
}

}  // namespace

Result<std::vector<Damage>> VerifyFiles(DatabaseCore* core, const Progress& progress) {
  const std::vector<Check> checks = ListChecks(core);
  std::vector<Damage> damages;
  for (size_t i = 0; i < checks.size(); ++i) {
    if (progress && !progress(static_cast<double>(i) / static_cast<double>(checks.size()))) {
      return Fail(ErrorCode::kAborted, "verification was stopped");
    }
    if (auto checked = checks[i].run(); !checked)
      damages.push_back({checks[i].file, checked.error().message()});
  }
  if (progress) progress(1);
  return damages;
}

}  // namespace strata
