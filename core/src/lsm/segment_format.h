#pragma once

#include <cstddef>
#include <cstdint>

#include "file/section_file.h"

namespace strata {

// Where things lie in a segment file. docs/formats/segment.md describes each section and works an example
// through.
inline constexpr SectionId kSegmentRecords = 1;  // Record blocks, and between them blocks of large values.
inline constexpr SectionId kSegmentBlockIndex =
    2;  // Per record block: its number, its first row, a separating key.
inline constexpr SectionId kSegmentIdFilter = 3;
inline constexpr SectionId kSegmentMeta = 4;
inline constexpr SectionId kSegmentWithVector = 5;  // Bitmap; absent when all rows or none have a vector.
inline constexpr SectionId kSegmentVectors = 6;     // Row-major float32; absent when the dimension is 0.
inline constexpr SectionId kSegmentOwnSections =
    100;  // From here on they belong to whoever called SegmentWriter::sections().

inline constexpr size_t kRecordBlockBytesMax = 16384;
inline constexpr size_t kLargeBlockBytes =
    65536;  // A value that fits no record block is cut after so many bytes.
inline constexpr size_t kSegmentMetaBytes = 12;
// A block holds whole rows: as many as fit, at least one. Small, because a search wants single rows from all
// over the column, and reads, checks and caches a block for each.
inline constexpr size_t kVectorBlockBytesTarget = 2048;

inline constexpr uint32_t VectorRowsPerBlock(uint32_t dimension) {
  const size_t rows = kVectorBlockBytesTarget / (size_t{dimension} * sizeof(float));
  return rows == 0 ? 1 : static_cast<uint32_t>(rows);
}
inline constexpr uint32_t VectorBlockBytes(uint32_t dimension) {
  return VectorRowsPerBlock(dimension) * dimension * static_cast<uint32_t>(sizeof(float));
}

// A record begins with a byte of these.
inline constexpr uint8_t kRecordHasText = 1;
inline constexpr uint8_t kRecordIsLarge = 2;  // Metadata and text lie in blocks of their own.

}  // namespace strata
