#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "file/file_header.h"

namespace strata {

inline constexpr size_t kLogRecordHeaderBytes = 24;
inline constexpr uint64_t kLogPayloadBytesMax = uint64_t{1} << 31;

using LogRecordHeaderBytes = std::array<std::byte, kLogRecordHeaderBytes>;

// What precedes each payload in a log: checksum, sequence, payload_bytes; 8 bytes each, little endian.
struct LogRecordHeader {
  uint64_t checksum = 0;
  uint64_t sequence = 0;
  uint64_t payload_bytes = 0;
};

LogRecordHeaderBytes EncodeLogRecordHeader(const LogRecordHeader& header);
LogRecordHeader DecodeLogRecordHeader(std::span<const std::byte, kLogRecordHeaderBytes> bytes);

// Covers the payload and all that says where it belongs (database, epoch, file, sequence, length), so that a
// record left over from an earlier life of the same storage is never taken for one of this log.
uint64_t LogRecordChecksum(const FileHeader& log, uint64_t sequence, std::span<const std::byte> payload);

}  // namespace strata
