#include "lsm/log_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "env/file_name.h"
#include "lsm/log_record.h"

namespace strata {
namespace {

constexpr size_t kChunkBytes = 256u << 10;

struct Record {
  uint64_t sequence = 0;
  std::span<const std::byte> payload;  // Until the next call of Records.

  uint64_t bytes() const { return kLogRecordHeaderBytes + payload.size(); }
};

// The records of one log, by offset.
class Records {
 public:
  Records(Env* env, const FileHeader& log, uint64_t file_bytes)
      : env_(env), log_(log), file_bytes_(file_bytes) {}

  // What stands at `offset`, if it is a whole and valid record whose sequence is one of `first`..`last`.
  Result<std::optional<Record>> Find(uint64_t offset, uint64_t first, uint64_t last) {
    if (file_bytes_ - offset < kLogRecordHeaderBytes) return std::nullopt;
    STRATA_ASSIGN_OR_RETURN(std::span<const std::byte> bytes, View(offset, kLogRecordHeaderBytes));
    const LogRecordHeader header = DecodeLogRecordHeader(bytes.first<kLogRecordHeaderBytes>());
    if (header.sequence < first || header.sequence > last) return std::nullopt;
    if (header.payload_bytes == 0 || header.payload_bytes > kLogPayloadBytesMax ||
        header.payload_bytes > file_bytes_ - offset - kLogRecordHeaderBytes) {
      return std::nullopt;
    }
    STRATA_ASSIGN_OR_RETURN(bytes,
                            View(offset, kLogRecordHeaderBytes + static_cast<size_t>(header.payload_bytes)));
    const std::span<const std::byte> payload = bytes.subspan(kLogRecordHeaderBytes);
    checked_bytes_ += payload.size();
    if (header.checksum != LogRecordChecksum(log_, header.sequence, payload)) return std::nullopt;
    return Record{.sequence = header.sequence, .payload = payload};
  }

  // The first place from `offset` on that has one of the sequences where a record has its own, or the file's
  // end. Does what Find() does first, for every byte, and so in a tight loop.
  Result<uint64_t> NextCandidate(uint64_t offset, uint64_t first, uint64_t last) {
    while (file_bytes_ - offset >= kLogRecordHeaderBytes) {
      STRATA_RETURN_IF_ERROR(View(offset, kLogRecordHeaderBytes));
      auto bytes = std::span<const std::byte>(chunk_).subspan(static_cast<size_t>(offset - begin_));
      for (; bytes.size() >= kLogRecordHeaderBytes; bytes = bytes.subspan(1), ++offset) {
        const uint64_t sequence = DecodeLogRecordHeader(bytes.first<kLogRecordHeaderBytes>()).sequence;
        if (sequence >= first && sequence <= last) return offset;
      }
    }
    return file_bytes_;
  }

  // How much went through a checksum so far.
  uint64_t checked_bytes() const { return checked_bytes_; }

 private:
  // `bytes` bytes at `offset`, which the file has.
  Result<std::span<const std::byte>> View(uint64_t offset, size_t bytes) {
    if (offset < begin_ || offset + bytes > begin_ + chunk_.size()) {
      const uint64_t wanted = std::max(bytes, kChunkBytes);
      chunk_.resize(static_cast<size_t>(std::min(wanted, file_bytes_ - offset)));
      begin_ = offset;
      if (auto read = env_->ReadAt(log_.file, offset, chunk_); !read) {
        chunk_.clear();
        return PassedError{read.error()};
      }
    }
    return std::span<const std::byte>(chunk_).subspan(static_cast<size_t>(offset - begin_), bytes);
  }

  Env* env_;
  FileHeader log_;
  uint64_t file_bytes_;
  std::vector<std::byte> chunk_;  // The file's bytes from begin_.
  uint64_t begin_ = 0;
  uint64_t checked_bytes_ = 0;
};

Result<FileHeader> ReadLogHeader(Env* env, FileNumber file, const DatabaseId& database) {
  std::array<std::byte, kFileHeaderBytes> bytes;
  STRATA_RETURN_IF_ERROR(env->ReadAt(file, 0, bytes));
  STRATA_ASSIGN_OR_RETURN(const FileHeader& header, DecodeFileHeader(bytes, FileKind::kLog, file));
  if (header.database != database) {
    return Fail(ErrorCode::kCorruption, {FileName(file), ": is a log of another database"});
  }
  return header;
}

Result<Batch> Decode(const Record& record, FileNumber file, uint64_t offset) {
  auto batch = DecodeBatch(record.payload);
  if (batch && batch->sequence == record.sequence) return batch;
  const std::string place = Message({FileName(file), ": record at byte ", offset, ": "});
  if (!batch) return Fail(batch.error().code(), {place, batch.error().message()});
  return Fail(ErrorCode::kCorruption,
              {place, "is batch ", record.sequence, ", its payload is batch ", batch->sequence});
}

// Whether a whole record of this log stands anywhere from `offset` on. Nothing there can be trusted to say
// where a record begins, so every byte is tried. O(bytes): a sequence in range is rare elsewhere, and should
// someone have sown them, the search ends, with yes, once it has checked four times what there is.
Result<bool> HoldsRecord(Records& records, uint64_t offset, uint64_t file_bytes, uint64_t next_sequence) {
  const uint64_t last_sequence = next_sequence + (file_bytes - offset) / kLogRecordHeaderBytes;
  const uint64_t effort_max = records.checked_bytes() + 4 * (file_bytes - offset);
  while (true) {
    STRATA_ASSIGN_OR_RETURN(offset, records.NextCandidate(offset, next_sequence, last_sequence));
    if (offset == file_bytes) return false;
    STRATA_ASSIGN_OR_RETURN(const auto& record, records.Find(offset, next_sequence, last_sequence));
    if (record || records.checked_bytes() > effort_max) return true;
    ++offset;
  }
}

}  // namespace

Result<LogReplay> ReplayLog(Env* env, FileNumber file, const DatabaseId& database,
                            FunctionRef<Result<void>(Batch&&)> apply) {
  LogReplay replay;
  STRATA_ASSIGN_OR_RETURN(replay.header, ReadLogHeader(env, file, database));
  STRATA_ASSIGN_OR_RETURN(const uint64_t file_bytes, env->Size(file));
  Records records(env, replay.header, file_bytes);
  replay.good_bytes = kFileHeaderBytes;
  uint64_t next_sequence = replay.header.sequence;
  while (true) {
    STRATA_ASSIGN_OR_RETURN(const auto& record,
                            records.Find(replay.good_bytes, next_sequence, next_sequence));
    if (!record) break;
    STRATA_ASSIGN_OR_RETURN(Batch && batch, Decode(*record, file, replay.good_bytes));
    const uint64_t bytes = record->bytes();
    STRATA_RETURN_IF_ERROR(apply(std::move(batch)));
    replay.good_bytes += bytes;
    ++replay.batches;
    ++next_sequence;
  }
  replay.last_sequence = next_sequence - 1;
  replay.dropped_bytes = file_bytes - replay.good_bytes;
  STRATA_ASSIGN_OR_RETURN(replay.damaged, HoldsRecord(records, replay.good_bytes, file_bytes, next_sequence));
  return replay;
}

}  // namespace strata
