#include "file/file_header.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "bytes/checksum.h"
#include "bytes/little_endian.h"
#include "env/file_name.h"

namespace strata {
namespace {

constexpr std::array<char, 8> kMagic = {'S', 'T', 'R', 'A', 'T', 'A', 'D', 'B'};
constexpr size_t kVersionAt = 8;
constexpr size_t kKindAt = 10;
constexpr size_t kDatabaseAt = 16;  // After five bytes of zeros.
constexpr size_t kFileAt = 32;
constexpr size_t kEpochAt = 40;
constexpr size_t kSequenceAt = 48;
constexpr size_t kChecksumAt = 56;

Result<FileHeader> Damaged(FileNumber file, std::initializer_list<MessagePart> what) {
  return Fail(ErrorCode::kCorruption, {FileName(file), ": header: ", Message(what)});
}

}  // namespace

std::array<std::byte, kFileHeaderBytes> EncodeFileHeader(const FileHeader& header) {
  std::array<std::byte, kFileHeaderBytes> bytes{};
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  StoreLittleEndian(header.version, &bytes[kVersionAt]);
  bytes[kKindAt] = static_cast<std::byte>(header.kind);
  std::memcpy(&bytes[kDatabaseAt], header.database.data(), header.database.size());
  StoreLittleEndian(header.file, &bytes[kFileAt]);
  StoreLittleEndian(header.epoch, &bytes[kEpochAt]);
  StoreLittleEndian(header.sequence, &bytes[kSequenceAt]);
  StoreLittleEndian(Checksum(std::span(bytes).first(kChecksumAt)), &bytes[kChecksumAt]);
  return bytes;
}

Result<FileHeader> DecodeFileHeader(std::span<const std::byte> bytes, FileNumber file) {
  if (bytes.size() < kFileHeaderBytes) {
    return Damaged(file, {"has ", bytes.size(), " bytes, expected ", kFileHeaderBytes});
  }
  if (std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    return Damaged(file, {"does not begin with STRATADB"});
  }
  if (LoadLittleEndian<uint64_t>(&bytes[kChecksumAt]) != Checksum(bytes.first(kChecksumAt))) {
    return Damaged(file, {"wrong checksum"});
  }
  FileHeader header;
  header.version = LoadLittleEndian<uint16_t>(&bytes[kVersionAt]);
  if (header.version > kFormatVersion) {
    return Fail(ErrorCode::kUnsupportedFormat, {FileName(file), ": written in format ", header.version,
                                                ", this build reads up to ", kFormatVersion});
  }
  const auto kind = static_cast<uint8_t>(bytes[kKindAt]);
  if (header.version == 0 || kind < static_cast<uint8_t>(FileKind::kSuperblock) ||
      kind > static_cast<uint8_t>(FileKind::kIndex)) {
    return Damaged(file, {"version ", header.version, " and kind ", kind, " do not exist"});
  }
  header.kind = static_cast<FileKind>(kind);
  std::memcpy(header.database.data(), &bytes[kDatabaseAt], header.database.size());
  header.file = LoadLittleEndian<uint64_t>(&bytes[kFileAt]);
  header.epoch = LoadLittleEndian<uint64_t>(&bytes[kEpochAt]);
  header.sequence = LoadLittleEndian<uint64_t>(&bytes[kSequenceAt]);
  if (header.file != file) return Damaged(file, {"is that of file ", header.file});
  return header;
}

Result<FileHeader> DecodeFileHeader(std::span<const std::byte> bytes, FileKind kind, FileNumber file) {
  STRATA_ASSIGN_OR_RETURN(const FileHeader& header, DecodeFileHeader(bytes, file));
  if (header.kind != kind) {
    return Damaged(
        file, {"kind is ", static_cast<uint8_t>(header.kind), ", expected ", static_cast<uint8_t>(kind)});
  }
  return header;
}

Result<std::optional<FileHeader>> ReadFileHeader(Env* env, FileNumber file) {
  STRATA_ASSIGN_OR_RETURN(const uint64_t size, env->Size(file));
  if (size < kFileHeaderBytes) return std::nullopt;
  std::array<std::byte, kFileHeaderBytes> bytes;
  STRATA_RETURN_IF_ERROR(env->ReadAt(file, 0, bytes));
  if (std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; })) return std::nullopt;
  return DecodeFileHeader(bytes, file);
}

}  // namespace strata
