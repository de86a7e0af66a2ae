#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "file/section_file.h"
#include "strata/result.h"

namespace strata {

// The sections of an index file (FileKind::kIndex) that hold codes; index/index_file.h has the others.
// docs/formats/index.md has a worked example.
namespace index_section {
inline constexpr SectionId kQuantizer = 2;
inline constexpr SectionId kCodes = 3;
inline constexpr SectionId kLeadingAxes = 7;
}  // namespace index_section

// Writes a section of an index file whole.
Result<void> WriteBytes(SectionWriter& writer, SectionId section, std::span<const std::byte> bytes);
// Arrays of little-endian 32-bit numbers.
Result<void> WriteArray(SectionWriter& writer, SectionId section, std::span<const uint32_t> numbers);

// kCorruption unless the section has exactly so many bytes: asked before anything is allocated.
Result<void> ExpectBytes(SectionReader& reader, SectionId section, uint64_t bytes);
// kCorruption unless the section holds exactly `count` numbers.
Result<std::vector<uint32_t>> ReadArray(SectionReader& reader, SectionId section, uint64_t count);

}  // namespace strata
