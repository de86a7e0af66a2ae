#include "lsm/log_record.h"

#include <cstring>

#include "bytes/checksum.h"
#include "bytes/little_endian.h"

namespace strata {

LogRecordHeaderBytes EncodeLogRecordHeader(const LogRecordHeader& header) {
  LogRecordHeaderBytes bytes;
  StoreLittleEndian(header.checksum, &bytes[0]);
  StoreLittleEndian(header.sequence, &bytes[8]);
  StoreLittleEndian(header.payload_bytes, &bytes[16]);
  return bytes;
}

LogRecordHeader DecodeLogRecordHeader(std::span<const std::byte, kLogRecordHeaderBytes> bytes) {
  return {.checksum = LoadLittleEndian<uint64_t>(&bytes[0]),
          .sequence = LoadLittleEndian<uint64_t>(&bytes[8]),
          .payload_bytes = LoadLittleEndian<uint64_t>(&bytes[16])};
}

uint64_t LogRecordChecksum(const FileHeader& log, uint64_t sequence, std::span<const std::byte> payload) {
  std::array<std::byte, 48> place;
  std::memcpy(&place[0], log.database.data(), log.database.size());
  StoreLittleEndian(log.epoch, &place[16]);
  StoreLittleEndian(log.file, &place[24]);
  StoreLittleEndian(sequence, &place[32]);
  StoreLittleEndian(uint64_t{payload.size()}, &place[40]);
  return Checksum(payload, Checksum(place));
}

}  // namespace strata
