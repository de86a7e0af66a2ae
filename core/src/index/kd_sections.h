#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "file/section_file.h"
#include "strata/result.h"

namespace strata {

// The sections that a kd-tree adds to an index file; docs/formats/index.md describes them.
namespace kd_section {
inline constexpr SectionId kParts = 16;
inline constexpr SectionId kAxes = 17;
inline constexpr SectionId kNodes = 18;
inline constexpr SectionId kBoxes = 19;
inline constexpr SectionId kRows = 20;
inline constexpr SectionId kVectors = 21;
inline constexpr SectionId kSearch = 22;
inline constexpr SectionId kDirections = 23;  // From here on kd-lsh.
inline constexpr SectionId kCells = 24;
inline constexpr SectionId kKeys = 25;
}  // namespace kd_section

Result<void> WriteFloats(SectionWriter& writer, SectionId section, std::span<const float> numbers);
// kCorruption unless the section holds exactly `count` of them, all finite.
Result<std::vector<float>> ReadFloats(SectionReader& reader, SectionId section, uint64_t count);

}  // namespace strata
