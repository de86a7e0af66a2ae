#include "collection/log_set.h"

#include <utility>

namespace strata {

Result<void> LogSet::Begin(uint64_t first_sequence) {
  STRATA_RETURN_IF_ERROR(Sync());
  const FileHeader header = context_->NewHeader(FileKind::kLog, first_sequence);
  auto writer = LogWriter::Create(context_->env, header);
  if (!writer) {
    context_->trash->files.push_back(header.file);
    return PassedError{writer.error()};
  }
  if (writer_) old_.push_back({writer_->file(), first_sequence - 1});
  writer_ = std::move(*writer);
  appended_sequence_ = first_sequence - 1;
  return {};
}

Result<void> LogSet::Append(std::span<const std::byte> batch, uint64_t sequence) {
  STRATA_RETURN_IF_ERROR(writer_->Append(batch, sequence));
  appended_sequence_ = sequence;
  return {};
}

Result<void> LogSet::Sync() {
  if (!writer_ || durable_sequence_ >= appended_sequence_) return {};
  STRATA_RETURN_IF_ERROR(writer_->Sync());
  durable_sequence_ = appended_sequence_;
  return {};
}

void LogSet::Release(uint64_t flushed_sequence) {
  std::erase_if(old_, [&](const OldLog& log) {
    if (log.last_sequence > flushed_sequence) return false;
    context_->trash->files.push_back(log.file);
    return true;
  });
}

std::vector<FileNumber> LogSet::Files() const {
  std::vector<FileNumber> files;
  for (const OldLog& log : old_) files.push_back(log.file);
  if (writer_) files.push_back(writer_->file());
  return files;
}

}  // namespace strata
