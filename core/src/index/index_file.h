#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "file/section_file.h"
#include "quant/code_sections.h"
#include "strata/options.h"
#include "strata/result.h"

namespace strata {

// The sections of an index file (FileKind::kIndex) besides those of codes (quant/code_sections.h);
// docs/formats/index.md has a worked example.
namespace index_section {
inline constexpr SectionId kMeta = 1;
inline constexpr SectionId kGraphBase = 4;
inline constexpr SectionId kGraphUpperOffset = 5;
inline constexpr SectionId kGraphUpper = 6;
inline constexpr SectionId kLshPlan = 32;
inline constexpr SectionId kLshDirections = 33;
inline constexpr SectionId kLshShifts = 34;
inline constexpr SectionId kLshMultipliers = 35;
inline constexpr SectionId kLshFirstBucket = 36;
inline constexpr SectionId kLshKeys = 37;
inline constexpr SectionId kLshOffsets = 38;
inline constexpr SectionId kLshRows = 39;
}  // namespace index_section

// What an index is of and made with, to be compared with what the reader expects.
struct IndexMeta {
  IndexType type = IndexType::kFlat;
  Quantization quantization = Quantization::kNone;
  Metric metric = Metric::kL2;
  uint32_t dimension = 0;
  uint32_t row_count = 0;
  uint32_t hnsw_m = 0;      // 0 for kFlat.
  uint32_t hnsw_entry = 0;  // 0 for kFlat.
};

Result<void> WriteMeta(SectionWriter& writer, const IndexMeta& meta);
// kUnsupportedFormat for another version of these sections; kCorruption if type, quantization, metric,
// dimension, row count or M are not the expected ones. `expected.hnsw_entry` is ignored.
Result<IndexMeta> ReadMeta(SectionReader& reader, const IndexMeta& expected);

}  // namespace strata
