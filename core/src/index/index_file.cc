#include "index/index_file.h"

#include <bit>
#include <limits>
#include <string>
#include <utility>

namespace strata {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

constexpr uint32_t kSectionsVersion = 1;
constexpr size_t kMetaWords = 8;

// Large enough to read fast, small enough that a damaged block costs little to detect.
constexpr uint32_t kBlockBytes = 256u << 10;

Result<void> WriteSection(SectionWriter& writer, SectionId section, std::span<const std::byte> bytes) {
  STRATA_RETURN_IF_ERROR(writer.Begin(section, kBlockBytes));
  STRATA_RETURN_IF_ERROR(writer.Append(bytes));
  return writer.End();
}

// Checked before anything is allocated.
Result<void> ExpectBytes(SectionReader& reader, SectionId section, uint64_t bytes) {
  const uint64_t found = reader.SectionBytes(section);
  if (found == bytes && bytes <= std::numeric_limits<size_t>::max()) return {};
  return Fail(ErrorCode::kCorruption, {"index file ", reader.header().file, ": section ", section, " has ",
                                       found, " bytes, expected ", bytes});
}

}  // namespace

Result<void> WriteArray(SectionWriter& writer, SectionId section, std::span<const uint32_t> numbers) {
  return WriteSection(writer, section, std::as_bytes(numbers));
}

Result<std::vector<uint32_t>> ReadArray(SectionReader& reader, SectionId section, uint64_t count) {
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, section, count * sizeof(uint32_t)));
  std::vector<uint32_t> numbers(static_cast<size_t>(count));
  STRATA_RETURN_IF_ERROR(reader.ReadSection(section, std::as_writable_bytes(std::span(numbers))));
  return numbers;
}

Result<void> WriteMeta(SectionWriter& writer, const IndexMeta& meta) {
  const uint32_t words[kMetaWords] = {kSectionsVersion,
                                      std::to_underlying(meta.type),
                                      std::to_underlying(meta.quantization),
                                      std::to_underlying(meta.metric),
                                      meta.dimension,
                                      meta.row_count,
                                      meta.hnsw_m,
                                      meta.hnsw_entry};
  return WriteArray(writer, index_section::kMeta, words);
}

Result<IndexMeta> ReadMeta(SectionReader& reader, const IndexMeta& expected) {
  STRATA_ASSIGN_OR_RETURN(const std::vector<uint32_t>& words,
                          ReadArray(reader, index_section::kMeta, kMetaWords));
  if (words[0] != kSectionsVersion) {
    return Fail(ErrorCode::kUnsupportedFormat, {"index file ", reader.header().file, ": sections of version ",
                                                words[0], ", this build reads ", kSectionsVersion});
  }
  const std::pair<const char*, uint32_t> checks[] = {
      {"type", std::to_underlying(expected.type)},
      {"quantization", std::to_underlying(expected.quantization)},
      {"metric", std::to_underlying(expected.metric)},
      {"dimension", expected.dimension},
      {"row count", expected.row_count},
      {"M", expected.hnsw_m}};
  for (size_t i = 0; i < std::size(checks); ++i) {
    const auto [what, number] = checks[i];
    if (words[i + 1] == number) continue;
    return Fail(ErrorCode::kCorruption, {"index file ", reader.header().file, ": ", what, " is ",
                                         words[i + 1], ", expected ", number});
  }
  IndexMeta meta = expected;
  meta.hnsw_entry = words[7];
  return meta;
}

Result<void> WriteCodedRows(SectionWriter& writer, const CodedRows& coded) {
  STRATA_RETURN_IF_ERROR(WriteSection(writer, index_section::kQuantizer, coded.quantizer.Serialize()));
  return WriteSection(writer, index_section::kCodes, coded.codes.raw());
}

Result<CodedRows> ReadCodedRows(SectionReader& reader, const IndexMeta& meta) {
  STRATA_RETURN_IF_ERROR(
      ExpectBytes(reader, index_section::kQuantizer, ScalarQuantizer::SerializedBytes(meta.dimension)));
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes, reader.ReadSection(index_section::kQuantizer));
  STRATA_ASSIGN_OR_RETURN(ScalarQuantizer && quantizer,
                          ScalarQuantizer::Parse(meta.metric, meta.dimension, bytes));
  const size_t code_bytes = quantizer.code_bytes();
  STRATA_RETURN_IF_ERROR(
      ExpectBytes(reader, index_section::kCodes, uint64_t{CodeRows::Stride(code_bytes)} * meta.row_count));
  CodeRows codes(code_bytes, meta.row_count);
  STRATA_RETURN_IF_ERROR(reader.ReadSection(index_section::kCodes, codes.mutable_raw()));
  return CodedRows{.quantizer = std::move(quantizer), .codes = std::move(codes)};
}

}  // namespace strata
