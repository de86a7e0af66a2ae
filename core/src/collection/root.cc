#include "collection/root.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace strata {

Result<Manifest> Root::Create() {
  context_->env->FillRandom(std::as_writable_bytes(std::span(context_->database)));
  context_->epoch = 0;
  STRATA_ASSIGN_OR_RETURN(superblock_,
                          SuperblockFile::Create(context_->env, Superblock{.database = context_->database}));
  return Manifest{};
}

Result<Manifest> Root::Load(RecoveryReport* report) {
  STRATA_ASSIGN_OR_RETURN(superblock_, SuperblockFile::Open(context_->env));
  context_->database = superblock_->current().database;
  context_->epoch = superblock_->current().epoch;
  auto manifest = Read(superblock_->current());
  if (manifest) return manifest;
  const std::vector<Superblock> candidates = superblock_->candidates();
  if (candidates.size() < 2) return manifest;
  auto previous = Read(candidates[1]);
  if (!previous) return manifest;  // The newest state's error is the one that matters.
  superblock_->UsePrevious();
  report->notes.push_back(
      Message({"the newest manifest is damaged, the one before it is used: ", manifest.error().message()}));
  return previous;
}

Result<Manifest> Root::Read(const Superblock& superblock) const {
  if (superblock.manifest == 0) return Manifest{};
  return ReadManifest(context_->env, superblock.manifest, superblock.database);
}

Result<void> Root::BeginEpoch() {
  Superblock next = superblock_->current();
  ++next.epoch;
  STRATA_RETURN_IF_ERROR(superblock_->Publish(next));
  context_->epoch = next.epoch;
  return {};
}

Result<void> Root::CheckFence() {
  STRATA_ASSIGN_OR_RETURN(const Superblock& stored, superblock_->Reread());
  if (stored.epoch != context_->epoch) {
    return Fail(ErrorCode::kFenced, {"the database was opened again by another owner (epoch ", stored.epoch,
                                     ", ours is ", context_->epoch, ")"});
  }
  return {};
}

Result<void> Root::Publish(const Manifest& manifest) {
  if (broken_) {
    return Fail(ErrorCode::kReadOnly,
                "an earlier write of the superblock failed; reopen the database to write again");
  }
  STRATA_RETURN_IF_ERROR(CheckFence());
  const FileHeader header = context_->NewHeader(FileKind::kManifest, manifest.sequence);
  if (auto written = WriteManifest(context_->env, header, manifest); !written) {
    context_->trash->files.push_back(header.file);
    return written;
  }
  Superblock next = superblock_->current();
  const FileNumber old_manifest = next.manifest;
  next.manifest = header.file;
  next.sequence = manifest.sequence;
  if (auto published = superblock_->Publish(next); !published) {
    // Which of the two states a reader would find is unknown now, so neither manifest may go.
    broken_ = true;
    return published;
  }
  if (old_manifest != 0) context_->trash->files.push_back(old_manifest);
  return {};
}

}  // namespace strata
