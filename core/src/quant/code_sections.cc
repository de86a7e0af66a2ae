#include "quant/code_sections.h"

#include <bit>
#include <limits>

namespace strata {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

// Large enough to read fast, small enough that a damaged block costs little to detect.
constexpr uint32_t kBlockBytes = 256u << 10;

}  // namespace

Result<void> WriteBytes(SectionWriter& writer, SectionId section, std::span<const std::byte> bytes) {
  STRATA_RETURN_IF_ERROR(writer.Begin(section, kBlockBytes));
  STRATA_RETURN_IF_ERROR(writer.Append(bytes));
  return writer.End();
}

Result<void> WriteArray(SectionWriter& writer, SectionId section, std::span<const uint32_t> numbers) {
  return WriteBytes(writer, section, std::as_bytes(numbers));
}

Result<void> ExpectBytes(SectionReader& reader, SectionId section, uint64_t bytes) {
  const uint64_t found = reader.SectionBytes(section);
  if (found == bytes && bytes <= std::numeric_limits<size_t>::max()) return {};
  return Fail(ErrorCode::kCorruption, {"index file ", reader.header().file, ": section ", section, " has ",
                                       found, " bytes, expected ", bytes});
}

Result<std::vector<uint32_t>> ReadArray(SectionReader& reader, SectionId section, uint64_t count) {
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, section, count * sizeof(uint32_t)));
  std::vector<uint32_t> numbers(static_cast<size_t>(count));
  STRATA_RETURN_IF_ERROR(reader.ReadSection(section, std::as_writable_bytes(std::span(numbers))));
  return numbers;
}

}  // namespace strata
