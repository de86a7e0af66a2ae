#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "file/section_file.h"
#include "strata/result.h"

namespace strata {

// Where the attribute index lies in a segment file: 100..199 belong to it. docs/formats/attributes.md
// describes every byte and works an example through.
inline constexpr SectionId kAttributeDirectory = 100;
inline constexpr SectionId kAttributeColumns = 101;  // Each column begins a block. Absent when there is none.

inline constexpr uint32_t kAttributeBlockBytes = 65536;

// Bounds on what a hostile collection can make us index. What lies beyond is found by evaluating metadata.
inline constexpr size_t kAttributeTextBytesMax = 256;  // Longer texts are in no dictionary.
inline constexpr size_t kAttributePathBytesMax = 1024;
inline constexpr size_t kAttributeColumnCountMax = 1024;  // The paths that most rows have.
inline constexpr size_t kAttributePathsTrackedMax =
    4096;  // While building; later ones are not counted any more.

// Which columns there are.
struct AttributeDirectory {
  struct Entry {
    std::string path;
    uint32_t bytes = 0;      // Of the column.
    size_t first_block = 0;  // Follows from the bytes of those before; not stored.
  };

  uint32_t row_count = 0;
  bool complete = false;       // A path without a column has no value in any row.
  std::vector<Entry> entries;  // Ascending by path.

  // The position of `path`, or nothing.
  std::optional<size_t> Find(std::string_view path) const;
};

inline constexpr size_t BlocksOfColumn(uint32_t bytes) {
  return (size_t{bytes} + kAttributeBlockBytes - 1) / kAttributeBlockBytes;
}

std::string EncodeDirectory(const AttributeDirectory& directory);
// kCorruption for bytes that EncodeDirectory() never makes.
Result<AttributeDirectory> DecodeDirectory(std::span<const std::byte> bytes);

}  // namespace strata
