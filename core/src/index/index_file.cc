#include "index/index_file.h"

#include <string>
#include <utility>

namespace strata {
namespace {

constexpr uint32_t kSectionsVersion = 2;
constexpr size_t kMetaWords = 8;

}  // namespace

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

}  // namespace strata
