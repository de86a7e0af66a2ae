#include "index/index_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "env/memory_env.h"
#include "index/hnsw_fixture.h"
#include "index/index_file_fixture.h"
#include "index/vector_index.h"
#include "support/files.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

std::vector<CollectionOptions> AllKinds(uint32_t dimension) {
  std::vector<CollectionOptions> kinds;
  for (const IndexType type : {IndexType::kFlat, IndexType::kHnsw, IndexType::kLsh}) {
    for (const Quantization quantization :
         {Quantization::kNone, Quantization::kSq8, Quantization::kPq, Quantization::kRabitq}) {
      for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
        CollectionOptions options = HnswOptions(dimension, metric, 3, 10);
        options.index = type;
        options.quantization = quantization;
        options.lsh_tables = 2;
        options.lsh_hashes = 3;
        kinds.push_back(options);
      }
    }
  }
  return kinds;
}

TEST(IndexFileTest, ASavedIndexAnswersAsBeforeAndSavesTheSameBytes) {
  MemoryRows rows(9, ClusteredVectors(400, 9, 5));
  rows.Remove(17);
  for (const CollectionOptions& options : AllKinds(9)) {
    const auto index = BuildIndex(options, rows);
    MemoryEnv env, again;
    SaveTo(&env, *index);
    const auto loaded = LoadFrom(&env, options, 400);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    for (Row row = 0; row < 400; row += 20) {
      WalkCounters before, after;
      const WalkParams params{.count = 10, .ef = 20};
      EXPECT_EQ(*(*loaded)->Search(rows.Vector(row), params, nullptr, rows, &after),
                *index->Search(rows.Vector(row), params, nullptr, rows, &before));
      EXPECT_EQ(after.distances, before.distances);
    }
    EXPECT_EQ((*loaded)->LayerRows(), index->LayerRows());
    SaveTo(&again, **loaded);
    EXPECT_EQ(ReadFile(&again, kFile), ReadFile(&env, kFile));
  }
}

// The worked example of docs/formats/index.md. If this fails, indexes written before can no longer be read.
TEST(IndexFileTest, IsTheBytesThatTheFormatPageShows) {
  MemoryRows rows(2, {0, 0, 127, 0, 0, 127, 5, 5});
  rows.Remove(3);
  const auto index = BuildIndex(HnswOptions(2, Metric::kL2, 2, 10), rows, {}, 0, /*seed=*/5);
  MemoryEnv env;
  SaveTo(&env, *index);
  const auto reader = *SectionReader::Open(&env, nullptr, FileKind::kIndex, kFile);
  const auto section = [&](SectionId id) { return Hex(*reader->ReadSection(id)); };
  EXPECT_EQ(section(index_section::kMeta),
            "02 00 00 00 01 00 00 00 01 00 00 00 00 00 00 00\n"
            "02 00 00 00 04 00 00 00 02 00 00 00 02 00 00 00");
  EXPECT_EQ(section(index_section::kQuantizer), "00 80 7f 3f 00 00 fe 42 00 00 fe 3d 00 00 fe 3d");
  EXPECT_EQ(section(index_section::kNodeOrder), "00 00 00 00 01 00 00 00 02 00 00 00 03 00 00 00");
  EXPECT_EQ(section(index_section::kCodes),
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "7f 00 00 00 00 00 00 00 01 3f 00 00 00 00 00 00\n"
            "00 7f 00 00 00 00 00 00 01 3f 00 00 00 00 00 00\n"
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
  EXPECT_EQ(section(index_section::kGraphBase),
            "02 00 00 00 01 00 00 00 ff ff ff ff ff ff ff ff\n"
            "00 00 00 00 ff ff ff ff ff ff ff ff ff ff ff ff\n"
            "00 00 00 00 ff ff ff ff ff ff ff ff ff ff ff ff\n"
            "fe ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff");
  EXPECT_EQ(section(index_section::kGraphUpperOffset),
            "00 00 00 00 01 00 00 00 01 00 00 00 03 00 00 00\n"
            "03 00 00 00");
  EXPECT_EQ(section(index_section::kGraphUpper),
            "01 00 00 00 02 00 00 00 00 00 00 00 01 00 00 00\n"
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 00 00");
}

// Damage is caught by the checksums of the file, unless it is in bytes nobody reads; it must never be
// believed.
TEST(IndexFileTest, EveryFlippedByteAndEveryCutIsAnErrorOrHarmless) {
  MemoryRows rows(5, ClusteredVectors(12, 5, 5));
  for (const CollectionOptions& options : AllKinds(5)) {
    MemoryEnv env;
    SaveTo(&env, *BuildIndex(options, rows));
    const auto good = ReadFile(&env, kFile);
    ForEachDamage(&env, kFile, [&](std::string_view kind) {
      const auto loaded = LoadFrom(&env, options, 12);
      if (!loaded) return;
      EXPECT_NE(kind, "cut");
      MemoryEnv again;
      SaveTo(&again, **loaded);
      EXPECT_EQ(ReadFile(&again, kFile), good);
    });
  }
}

TEST(IndexFileTest, AnIndexOfSomethingElseIsRefused) {
  MemoryRows rows(5, ClusteredVectors(20, 5, 5));
  const CollectionOptions options = HnswOptions(5, Metric::kL2, 3, 10);
  MemoryEnv env;
  SaveTo(&env, *BuildIndex(options, rows));
  ASSERT_TRUE(LoadFrom(&env, options, 20).has_value());
  const auto code_with = [&](auto change, uint32_t row_count = 20) {
    CollectionOptions other = options;
    change(other);
    const auto loaded = LoadFrom(&env, other, row_count);
    return loaded ? ErrorCode::kInternal : loaded.error().code();
  };
  EXPECT_EQ(code_with([](auto&) {}, 21), ErrorCode::kCorruption);
  EXPECT_EQ(code_with([](auto& o) { o.dimension = 6; }), ErrorCode::kCorruption);
  EXPECT_EQ(code_with([](auto& o) { o.metric = Metric::kDot; }), ErrorCode::kCorruption);
  EXPECT_EQ(code_with([](auto& o) { o.hnsw_m = 4; }), ErrorCode::kCorruption);
  EXPECT_EQ(code_with([](auto& o) { o.index = IndexType::kFlat; }), ErrorCode::kCorruption);
  EXPECT_EQ(code_with([](auto& o) { o.quantization = Quantization::kNone; }), ErrorCode::kCorruption);
}

// Sections that pass every checksum and still lie: as a writer with a bug, or with bad intent, would make
// them.
TEST(IndexFileTest, SoundSectionsWithImpossibleNumbersAreRefused) {
  const CollectionOptions options = HnswOptions(1, Metric::kL2, 2, 10);
  struct Sections {
    std::vector<uint32_t> meta = {2, 1, 1, 0, 1, 2, 2, 0};
    std::vector<uint32_t> quantizer = {0x3f800000, 0, 0};        // Step 1, no longest row, minimum 0.
    std::vector<uint32_t> codes = std::vector<uint32_t>(2 * 4);  // A byte of code, 7 unused, 8 of terms.
    std::vector<uint32_t> order = {1, 0};
    std::vector<uint32_t> base = {1, kNoRow, kNoRow, kNoRow,  // Nodes 0 and 1, each the other's neighbour.
                                  0, kNoRow, kNoRow, kNoRow};
    std::vector<uint32_t> upper_offset = {0, 0, 0};
    std::vector<uint32_t> upper = {};
  };
  const auto load = [&](const Sections& sections) {
    MemoryEnv env;
    auto writer = *SectionWriter::Create(&env, {.kind = FileKind::kIndex, .file = kFile});
    EXPECT_TRUE(WriteArray(*writer, index_section::kMeta, sections.meta).has_value());
    EXPECT_TRUE(WriteArray(*writer, index_section::kQuantizer, sections.quantizer).has_value());
    EXPECT_TRUE(WriteArray(*writer, index_section::kCodes, sections.codes).has_value());
    EXPECT_TRUE(WriteArray(*writer, index_section::kNodeOrder, sections.order).has_value());
    EXPECT_TRUE(WriteArray(*writer, index_section::kGraphBase, sections.base).has_value());
    EXPECT_TRUE(WriteArray(*writer, index_section::kGraphUpperOffset, sections.upper_offset).has_value());
    EXPECT_TRUE(WriteArray(*writer, index_section::kGraphUpper, sections.upper).has_value());
    EXPECT_TRUE(writer->Finish().has_value());
    const auto loaded = LoadFrom(&env, options, 2);
    return loaded ? ErrorCode::kInternal : loaded.error().code();
  };
  ASSERT_EQ(load({}), ErrorCode::kInternal) << "the unchanged sections are an index";
  Sections newer, quantizer, codes, twice, no_row, link, gap, offsets, entry;
  newer.meta[0] = 3;
  EXPECT_EQ(load(newer), ErrorCode::kUnsupportedFormat);
  quantizer.quantizer[0] = 0xffffffff;
  EXPECT_EQ(load(quantizer), ErrorCode::kCorruption);
  codes.codes.pop_back();
  EXPECT_EQ(load(codes), ErrorCode::kCorruption);
  twice.order[0] = 0;
  EXPECT_EQ(load(twice), ErrorCode::kCorruption);
  no_row.order[0] = 0x7fffffff;
  EXPECT_EQ(load(no_row), ErrorCode::kCorruption);
  link.base[0] = 0x7fffffff;
  EXPECT_EQ(load(link), ErrorCode::kCorruption);
  gap.base[2] = 0;
  EXPECT_EQ(load(gap), ErrorCode::kCorruption);
  offsets.upper_offset = {0, 0, 0x7fffffff};
  EXPECT_EQ(load(offsets), ErrorCode::kCorruption) << "and allocates nothing of that size";
  entry.meta[7] = 2;
  EXPECT_EQ(load(entry), ErrorCode::kCorruption);
}

}  // namespace
}  // namespace strata
