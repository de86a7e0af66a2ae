#include "file/section_table.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "bytes/append.h"
#include "bytes/checksum.h"
#include "bytes/little_endian.h"
#include "env/file_name.h"

namespace strata {
namespace {

constexpr std::array<char, 8> kTrailerMagic = {'S', 'T', 'R', 'A', 'T', 'E', 'N', 'D'};
constexpr size_t kTableOffsetAt = 0;
constexpr size_t kChecksumAt = 8;
constexpr size_t kMagicAt = 16;
constexpr size_t kStoredSectionBytes = 8;  // Id and count of blocks.
constexpr size_t kStoredBlockBytes = 12;   // Size and checksum.
// Far more than any kind of file has; keeps the search for doubles short.
constexpr size_t kSectionsMax = 1024;

// Binds the table to its place and to the header, so that the end of another file does not fit.
uint64_t TableChecksum(std::span<const std::byte> table, const FileHeader& header, uint64_t table_offset) {
  std::array<std::byte, 8> offset;
  StoreLittleEndian(table_offset, offset.data());
  return Checksum(table, Checksum(offset, Checksum(EncodeFileHeader(header))));
}

template <typename T>
void AppendNumber(T value, std::vector<std::byte>& out) {
  out.resize(out.size() + sizeof(T));
  StoreLittleEndian(value, out.data() + out.size() - sizeof(T));
}

Failure Damaged(FileNumber file, std::initializer_list<MessagePart> what) {
  return Fail(ErrorCode::kCorruption, {FileName(file), ": section table: ", Message(what)});
}

}  // namespace

std::vector<std::byte> EncodeSectionTable(const FileHeader& header, std::span<const SectionInfo> sections,
                                          uint64_t table_offset) {
  std::vector<std::byte> out;
  for (const SectionInfo& section : sections) {
    AppendNumber<uint32_t>(section.id, out);
    AppendNumber(static_cast<uint32_t>(section.blocks.size()), out);
    for (const BlockInfo& block : section.blocks) {
      AppendNumber<uint32_t>(block.bytes, out);
      AppendNumber<uint64_t>(block.checksum, out);
    }
  }
  return SealSectionTable(std::move(out), header, table_offset);
}

std::vector<std::byte> SealSectionTable(std::vector<std::byte> table, const FileHeader& header,
                                        uint64_t table_offset) {
  const uint64_t checksum = TableChecksum(table, header, table_offset);
  AppendNumber<uint64_t>(table_offset, table);
  AppendNumber<uint64_t>(checksum, table);
  const auto magic = std::as_bytes(std::span(kTrailerMagic));
  AppendAll(magic, &table);
  return table;
}

Result<uint64_t> DecodeSectionTrailer(std::span<const std::byte, kSectionTrailerBytes> trailer,
                                      FileNumber file, uint64_t file_bytes) {
  if (std::memcmp(&trailer[kMagicAt], kTrailerMagic.data(), kTrailerMagic.size()) != 0) {
    return Damaged(file, {"the file does not end with STRATEND at byte ", file_bytes});
  }
  const auto table_offset = LoadLittleEndian<uint64_t>(&trailer[kTableOffsetAt]);
  if (table_offset < kFileHeaderBytes || table_offset > file_bytes - kSectionTrailerBytes) {
    return Damaged(file, {"is said to begin at byte ", table_offset, " of ", file_bytes});
  }
  return table_offset;
}

Result<std::vector<SectionInfo>> DecodeSectionTable(std::span<const std::byte> table_and_trailer,
                                                    const FileHeader& header, uint64_t table_offset) {
  std::span<const std::byte> table = table_and_trailer.first(table_and_trailer.size() - kSectionTrailerBytes);
  const std::byte* trailer = table.data() + table.size();
  if (LoadLittleEndian<uint64_t>(trailer + kChecksumAt) != TableChecksum(table, header, table_offset)) {
    return Damaged(header.file, {"wrong checksum of the table at byte ", table_offset});
  }
  std::vector<SectionInfo> sections;
  uint64_t end = kFileHeaderBytes;
  while (!table.empty()) {
    if (table.size() < kStoredSectionBytes) return Damaged(header.file, {"ends inside a section's head"});
    SectionInfo section{.id = LoadLittleEndian<uint32_t>(table.data()), .blocks = {}, .bytes = 0};
    const auto block_count = LoadLittleEndian<uint32_t>(table.data() + 4);
    table = table.subspan(kStoredSectionBytes);
    if (sections.size() == kSectionsMax) return Damaged(header.file, {"has more than 1024 sections"});
    if (std::ranges::find(sections, section.id, &SectionInfo::id) != sections.end()) {
      return Damaged(header.file, {"section ", section.id, " stands there twice"});
    }
    if (block_count > table.size() / kStoredBlockBytes)
      return Damaged(header.file, {"ends inside section ", section.id});
    section.blocks.reserve(block_count);
    end = AlignToSection(end);
    for (uint32_t i = 0; i < block_count; ++i) {
      const auto bytes = LoadLittleEndian<uint32_t>(table.data());
      if (bytes == 0 || bytes > kBlockBytesMax) {
        return Damaged(header.file, {"section ", section.id, " has a block of ", bytes, " bytes"});
      }
      section.blocks.push_back(
          {.offset = end, .bytes = bytes, .checksum = LoadLittleEndian<uint64_t>(table.data() + 4)});
      section.bytes += bytes;
      end += bytes;
      table = table.subspan(kStoredBlockBytes);
    }
    sections.push_back(std::move(section));
  }
  if (end != table_offset) {
    return Damaged(header.file, {"begins at byte ", table_offset, ", but its sections end at ", end});
  }
  return sections;
}

}  // namespace strata
