// Saving and loading indexes over a kd-tree.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/index_file.h"
#include "index/index_file_fixture.h"
#include "index/kd_fixture.h"
#include "index/kd_sections.h"
#include "support/files.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

// In cells lie vectors, nothing, or codes.
std::vector<CollectionOptions> AllKinds(uint32_t cell_rows) {
  std::vector<CollectionOptions> kinds;
  for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
    kinds.push_back(KdOptions(3, metric, cell_rows));
    kinds.push_back(KdOptions(33, metric, cell_rows, Quantization::kNone));
    kinds.push_back(KdOptions(33, metric, cell_rows, Quantization::kSq8));
    CollectionOptions hybrid = KdOptions(9, metric, 4 * cell_rows, Quantization::kSq8);
    hybrid.index = IndexType::kKdLsh;
    kinds.push_back(hybrid);
  }
  return kinds;
}

TEST(KdFileTest, ASavedIndexAnswersAsBeforeAndSavesTheSameBytes) {
  for (const CollectionOptions& options : AllKinds(8)) {
    MemoryRows rows(options.dimension, ClusteredVectors(400, options.dimension, 5));
    rows.Remove(17);
    const auto index = BuildIndex(options, rows);
    MemoryEnv env, again;
    SaveTo(&env, *index);
    const auto loaded = LoadFrom(&env, options, 400);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    for (Row row = 0; row < 400; row += 20) {
      WalkCounters before, after;
      EXPECT_EQ(*(*loaded)->Search(rows.Vector(row), {.count = 10}, nullptr, rows, &after),
                *index->Search(rows.Vector(row), {.count = 10}, nullptr, rows, &before));
      EXPECT_EQ(after.distances, before.distances);
    }
    SaveTo(&again, **loaded);
    EXPECT_EQ(ReadFile(&again, kFile), ReadFile(&env, kFile));
  }
}

TEST(KdFileTest, EveryFlippedByteAndEveryCutIsAnErrorOrHarmless) {
  for (const CollectionOptions& options : AllKinds(4)) {
    MemoryRows rows(options.dimension, ClusteredVectors(12, options.dimension, 5));
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

// The worked example of docs/formats/index.md. If this fails, indexes written before can no longer be read.
TEST(KdFileTest, IsTheBytesThatTheFormatPageShows) {
  MemoryRows rows(1, {8, 0, 4, 5});
  rows.Remove(3);
  MemoryEnv env;
  SaveTo(&env, *BuildIndex(KdOptions(1, Metric::kL2, 2), rows));
  const auto reader = *SectionReader::Open(&env, nullptr, FileKind::kIndex, kFile);
  const auto section = [&](SectionId id) { return Hex(*reader->ReadSection(id)); };
  EXPECT_EQ(section(index_section::kMeta),
            "02 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00\n"
            "01 00 00 00 04 00 00 00 00 00 00 00 00 00 00 00");
  EXPECT_EQ(section(kd_section::kParts),
            "00 00 80 3d 00 00 80 3f 00 00 80 3e 01 00 00 00\n"
            "03 00 00 00 03 00 00 00");
  EXPECT_EQ(section(kd_section::kAxes), "00 00 80 3e 00 00 80 3f");
  EXPECT_EQ(section(kd_section::kNodes),
            "02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 00 00 01 00 00 00 00 00 00 00 01 00 00 00\n"
            "00 00 00 00 01 00 00 00 02 00 00 00");
  EXPECT_EQ(section(kd_section::kBoxes),
            "00 00 80 be 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 80 3e 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 80 be 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 80 be 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 80 3e 00 00 00 00 00 00 00 00 00 00 00 00");
  EXPECT_EQ(section(kd_section::kRows), "01 00 00 00 02 00 00 00 00 00 00 00");
  EXPECT_EQ(section(kd_section::kVectors), "00 00 00 00 00 00 80 40 00 00 00 41");
  EXPECT_EQ(section(kd_section::kSearch), "02 00 00 00");
}

// Sections that pass every checksum and still lie: as a writer with a bug, or with bad intent, would make
// them.
TEST(KdFileTest, SoundSectionsWithImpossibleNumbersAreRefused) {
  const CollectionOptions options = KdOptions(1, Metric::kL2, 2);
  constexpr uint32_t kOne = 0x3f800000, kNan = 0x7fc00000;
  struct Sections {
    std::vector<uint32_t> parts = {kOne, kOne, kOne, 1, 1, 2};
    std::vector<uint32_t> axes = {0, kOne};
    std::vector<uint32_t> nodes = {0, 0, 0, 0, 2};
    std::vector<uint32_t> boxes = {0, 0, 0, 0, kOne, 0, 0, 0};
    std::vector<uint32_t> rows = {1, 0};
    std::vector<uint32_t> vectors = {kOne, 0};
    std::vector<uint32_t> search = {1};
  };
  const auto load = [&](auto change) {
    Sections sections;
    change(sections);
    MemoryEnv env;
    auto writer = *SectionWriter::Create(&env, {.kind = FileKind::kIndex, .file = kFile});
    const std::vector<uint32_t> meta = {2, 2, 0, 0, 1, 2, 0, 0};
    EXPECT_THAT(WriteArray(*writer, index_section::kMeta, meta), IsOk());
    EXPECT_THAT(WriteArray(*writer, kd_section::kParts, sections.parts), IsOk());
    EXPECT_THAT(WriteArray(*writer, kd_section::kAxes, sections.axes), IsOk());
    EXPECT_THAT(WriteArray(*writer, kd_section::kNodes, sections.nodes), IsOk());
    EXPECT_THAT(WriteArray(*writer, kd_section::kBoxes, sections.boxes), IsOk());
    EXPECT_THAT(WriteArray(*writer, kd_section::kRows, sections.rows), IsOk());
    EXPECT_THAT(WriteArray(*writer, kd_section::kVectors, sections.vectors), IsOk());
    EXPECT_THAT(WriteArray(*writer, kd_section::kSearch, sections.search), IsOk());
    EXPECT_TRUE(writer->Finish().has_value());
    const auto loaded = LoadFrom(&env, options, 2);
    return loaded ? ErrorCode::kInternal : loaded.error().code();
  };
  ASSERT_EQ(load([](Sections&) {}), ErrorCode::kInternal) << "the unchanged sections are an index";
  for (const size_t part : {0u, 1u, 2u}) {
    EXPECT_EQ(load([&](Sections& s) { s.parts[part] = kNan; }), ErrorCode::kCorruption) << part;
    EXPECT_EQ(load([&](Sections& s) { s.parts[part] |= 0x80000000; }), ErrorCode::kCorruption) << part;
  }
  for (const size_t part : {3u, 4u, 5u}) {
    for (const uint32_t count : {0u, 3u, 0x7fffffffu}) {
      EXPECT_EQ(load([&](Sections& s) { s.parts[part] = count; }), ErrorCode::kCorruption) << part << count;
    }
  }
  EXPECT_EQ(load([](Sections& s) { s.axes[1] = kNan; }), ErrorCode::kCorruption);
  EXPECT_EQ(load([](Sections& s) { s.nodes[4] = 3; }), ErrorCode::kCorruption);
  EXPECT_EQ(load([](Sections& s) { s.nodes[0] = 1; }), ErrorCode::kCorruption);
  EXPECT_EQ(load([](Sections& s) { s.boxes[0] = 0x40000000; }), ErrorCode::kCorruption);
  EXPECT_EQ(load([](Sections& s) { s.rows[0] = 2; }), ErrorCode::kCorruption);
  EXPECT_EQ(load([](Sections& s) { s.vectors[0] = kNan; }), ErrorCode::kCorruption);
  EXPECT_EQ(load([](Sections& s) { s.vectors.pop_back(); }), ErrorCode::kCorruption);
  EXPECT_EQ(load([](Sections& s) { s.search[0] = 0; }), ErrorCode::kCorruption);
}

}  // namespace
}  // namespace strata
