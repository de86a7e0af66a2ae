#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "strata/env.h"
#include "strata/result.h"

namespace strata {

using DatabaseId = std::array<uint8_t, 16>;

enum class FileKind : uint8_t { kSuperblock = 1, kLog = 2, kManifest = 3, kSegment = 4, kIndex = 5 };

inline constexpr uint16_t kFormatVersion = 1;
inline constexpr size_t kFileHeaderBytes = 64;

// The first 64 bytes of every file: what it is and to whom it belongs. A file's number says only where it
// lies, since a host may recycle physical files. Layout in docs/formats/file-header.md; it and its checksum
// stay the same in all versions, so that a newer file is told from a damaged one.
struct FileHeader {
  FileKind kind = FileKind::kSuperblock;
  uint16_t version = kFormatVersion;
  DatabaseId database{};
  FileNumber file = 0;
  uint64_t epoch = 0;     // Of the opening that made the file.
  uint64_t sequence = 0;  // Meaning depends on the kind: a log's first batch, the last batch a segment holds.

  friend bool operator==(const FileHeader&, const FileHeader&) = default;
};

std::array<std::byte, kFileHeaderBytes> EncodeFileHeader(const FileHeader& header);

// kCorruption for a wrong magic, checksum or kind; kUnsupportedFormat for a newer version. `file` is for
// messages and must equal the stored number.
Result<FileHeader> DecodeFileHeader(std::span<const std::byte> bytes, FileKind kind, FileNumber file);

// The same for a file of any kind.
Result<FileHeader> DecodeFileHeader(std::span<const std::byte> bytes, FileNumber file);

// Reads the header of a file of unknown kind. Nothing if it has none because its creation was cut short:
// fewer than 64 bytes, or only zeros. A header lies in one sector, so a power cut leaves it whole or leaves
// no byte of it, and anything else is damage: kCorruption, which must not be mistaken for a leftover.
// kNotFound; kUnsupportedFormat; kIoError.
Result<std::optional<FileHeader>> ReadFileHeader(Env* env, FileNumber file);

}  // namespace strata
