#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "file/section_file.h"

namespace strata {

// What a section file's table says, and how it is stored; see docs/formats/section-file.md.

inline constexpr uint64_t kSectionAlignment = 64;
inline constexpr size_t kSectionTrailerBytes = 24;

inline constexpr uint64_t AlignToSection(uint64_t offset) {
  return (offset + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment;
}

struct SectionInfo {
  SectionId id = 0;
  std::vector<BlockInfo> blocks;  // One behind the other, the first at a multiple of kSectionAlignment.
  uint64_t bytes = 0;             // Their sum.
};

// Table and trailer, ready to be appended at `table_offset`.
std::vector<std::byte> EncodeSectionTable(const FileHeader& header, std::span<const SectionInfo> sections,
                                          uint64_t table_offset);

// The last step of that: the bytes of a table with their trailer. Apart, so that tests can seal tables that
// lie.
std::vector<std::byte> SealSectionTable(std::vector<std::byte> table, const FileHeader& header,
                                        uint64_t table_offset);

// Where the table begins, from the last kSectionTrailerBytes of a file of `file_bytes` bytes. kCorruption.
Result<uint64_t> DecodeSectionTrailer(std::span<const std::byte, kSectionTrailerBytes> trailer,
                                      FileNumber file, uint64_t file_bytes);

// The sections, from table and trailer. kCorruption unless they end exactly where the table begins.
Result<std::vector<SectionInfo>> DecodeSectionTable(std::span<const std::byte> table_and_trailer,
                                                    const FileHeader& header, uint64_t table_offset);

}  // namespace strata
