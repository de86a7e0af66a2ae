#include "collection/root.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "env/file_name.h"

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
  auto manifest = ReadManifest(context_->env, superblock.manifest, superblock.database);
  // kNotFound would say that there is no database.
  if (!manifest && manifest.error().code() == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kCorruption, {FileName(superblock.manifest), ": the manifest is missing"});
  }
  return manifest;
}

Result<void> Root::BeginEpoch() {
  Superblock next = Next();
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
  Superblock next = Next();
  const FileNumber old_manifest = next.manifest;
  next.manifest = header.file;
  next.sequence = manifest.sequence;
  STRATA_RETURN_IF_ERROR(PublishNext(next));
  if (old_manifest != 0) context_->trash->files.push_back(old_manifest);
  return {};
}

Result<void> Root::PublishLogs() {
  const Superblock next = Next();
  if (broken_ || next == stored()) return {};
  STRATA_RETURN_IF_ERROR(CheckFence());
  return PublishNext(next);
}

Superblock Root::Next() const {
  Superblock next = stored();
  if (logs_->current_file() != 0) next.log = logs_->current_file();
  next.durable_sequence = logs_->durable_sequence();
  return next;
}

Result<void> Root::PublishNext(const Superblock& next) {
  auto published = superblock_->Publish(next);
  // Which of the two states a reader would find is unknown now, so no file of either may go.
  broken_ = !published;
  return published;
}

}  // namespace strata
