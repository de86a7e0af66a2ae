#include "lsm/log_writer.h"

#include <string>
#include <vector>

#include "bytes/append.h"
#include "env/file_name.h"

namespace strata {
namespace {

constexpr size_t kCopiedBytesMax = 64u << 10;  // Up to here a copy costs less than a second call.

}  // namespace

LogWriter::LogWriter(Env* env, const FileHeader& header)
    : env_(env), header_(header), next_sequence_(header.sequence) {}

Result<std::unique_ptr<LogWriter>> LogWriter::Create(Env* env, const FileHeader& header) {
  STRATA_RETURN_IF_ERROR(env->Create(header.file));
  STRATA_RETURN_IF_ERROR(env->WriteAt(header.file, 0, EncodeFileHeader(header)));
  STRATA_RETURN_IF_ERROR(env->Sync(header.file));
  STRATA_RETURN_IF_ERROR(env->SyncNames());
  return std::unique_ptr<LogWriter>(new LogWriter(env, header));
}

Result<void> LogWriter::Append(std::span<const std::byte> payload, uint64_t sequence) {
  STRATA_RETURN_IF_ERROR(CheckWritable());
  if (sequence != next_sequence_) {
    return Fail(ErrorCode::kInvalidArgument,
                {FileName(file()), ": batch ", sequence, " appended, batch ", next_sequence_, " is next"});
  }
  if (payload.empty() || payload.size() > kLogPayloadBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, {FileName(file()), ": a batch of ", payload.size(),
                                              " bytes; 1 to ", kLogPayloadBytesMax, " are allowed"});
  }
  const LogRecordHeaderBytes record =
      EncodeLogRecordHeader({.checksum = LogRecordChecksum(header_, sequence, payload),
                             .sequence = sequence,
                             .payload_bytes = payload.size()});
  if (auto written = Write(record, payload); !written) {
    broken_ = !env_->Truncate(file(), size_);
    return written;
  }
  size_ += record.size() + payload.size();
  ++next_sequence_;
  return {};
}

Result<void> LogWriter::Sync() {
  STRATA_RETURN_IF_ERROR(CheckWritable());
  auto synced = env_->Sync(file());
  broken_ = !synced;
  return synced;
}

Result<void> LogWriter::Write(const LogRecordHeaderBytes& record, std::span<const std::byte> payload) {
  if (payload.size() > kCopiedBytesMax) {
    STRATA_RETURN_IF_ERROR(env_->WriteAt(file(), size_, record));
    return env_->WriteAt(file(), size_ + record.size(), payload);
  }
  buffer_.assign(record.begin(), record.end());
  AppendAll(payload, &buffer_);
  return env_->WriteAt(file(), size_, buffer_);
}

Result<void> LogWriter::CheckWritable() const {
  if (!broken_) return {};
  return Fail(ErrorCode::kReadOnly, {FileName(file()),
                                     ": an earlier write failed and what the log holds is unknown; "
                                     "reopen the database to write again"});
}

}  // namespace strata
