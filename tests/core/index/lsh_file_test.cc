// The sections of an LSH index that pass every checksum and still lie. Round trips and damage:
// index_file_test.cc.
#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "env/memory_env.h"
#include "index/index_file.h"
#include "index/index_kinds.h"
#include "support/files.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

constexpr FileNumber kFile = 7;

uint32_t Bits(float x) { return std::bit_cast<uint32_t>(x); }

// docs/formats/index.md has these as its worked example: rows (0), (3) and no vector, one table of two
// functions of width 2 on one dimension.
struct Sections {
  std::vector<uint32_t> meta = {2, 3, 0, 0, 1, 3, 0, 0};
  std::vector<uint32_t> plan = {1, 2, 2, Bits(2), Bits(3), Bits(1.5f), Bits(2), Bits(4), Bits(3)};
  std::vector<uint32_t> directions = {Bits(1), Bits(-0.5f)};
  std::vector<uint32_t> shifts = {Bits(0.25f), Bits(0.5f)};
  std::vector<uint32_t> multipliers = {5, 9};
  std::vector<uint32_t> first_bucket = {0, 2};
  std::vector<uint32_t> keys = {0, 0xfffffffcu};
  std::vector<uint32_t> offsets = {0, 1, 2};
  std::vector<uint32_t> rows = {0, 1};
};

CollectionOptions Options() {
  return {
      .dimension = 1, .metric = Metric::kL2, .index = IndexType::kLsh, .quantization = Quantization::kNone};
}

Result<std::unique_ptr<VectorIndex>> Load(const Sections& sections,
                                          const CollectionOptions& options = Options()) {
  MemoryEnv env;
  auto writer = *SectionWriter::Create(&env, {.kind = FileKind::kIndex, .file = kFile});
  const auto write = [&](SectionId id, const std::vector<uint32_t>& numbers) {
    EXPECT_THAT(WriteArray(*writer, id, numbers), IsOk());
  };
  write(index_section::kMeta, sections.meta);
  write(index_section::kLshPlan, sections.plan);
  write(index_section::kLshDirections, sections.directions);
  write(index_section::kLshShifts, sections.shifts);
  write(index_section::kLshMultipliers, sections.multipliers);
  write(index_section::kLshFirstBucket, sections.first_bucket);
  write(index_section::kLshKeys, sections.keys);
  write(index_section::kLshOffsets, sections.offsets);
  write(index_section::kLshRows, sections.rows);
  EXPECT_TRUE(writer->Finish().has_value());
  const auto reader = SectionReader::Open(&env, nullptr, FileKind::kIndex, kFile);
  EXPECT_THAT(reader, IsOk());
  return LoadIndex(options, 3, **reader);
}

TEST(LshFileTest, TheSectionsOfTheFormatPageAreAnIndex) {
  const auto index = Load({});
  ASSERT_THAT(index, IsOk());
  const LshView view = (*index)->Lsh();
  EXPECT_EQ(view.kind, "p-stable");
  EXPECT_EQ(view.hyperplanes, (std::vector<float>{1, -0.5f}));
  EXPECT_EQ(view.rows, (std::vector<uint32_t>{0, 1}));
  // Row 1, by hand: places 3 / 2 + 0.25 and -1.5 / 2 + 0.5, slots 1 and -1, key 5 - 9.
  EXPECT_EQ(view.keys[1], static_cast<uint32_t>(5 - 9));
}

TEST(LshFileTest, SoundSectionsWithImpossibleNumbersAreRefused) {
  const auto refused = [](auto change) {
    Sections sections;
    change(sections);
    return testing::Matches(IsError(ErrorCode::kCorruption))(Load(sections));
  };
  EXPECT_TRUE(refused([](Sections& s) { s.plan[0] = 0; })) << "no table";
  EXPECT_TRUE(refused([](Sections& s) { s.plan[0] = 65; }));
  EXPECT_TRUE(refused([](Sections& s) { s.plan[0] = 2; })) << "more tables than there are";
  EXPECT_TRUE(refused([](Sections& s) { s.plan[1] = 0; }));
  EXPECT_TRUE(refused([](Sections& s) { s.plan[1] = 33; }));
  EXPECT_TRUE(refused([](Sections& s) { s.plan[2] = 0x7fffffff; })) << "and allocates nothing of that size";
  for (const size_t number : {3, 4, 7, 8}) {
    EXPECT_TRUE(refused([=](Sections& s) { s.plan[number] = 0; })) << number << " must be positive";
  }
  for (const size_t number : {3, 4, 5, 6, 7, 8}) {
    EXPECT_TRUE(refused([=](Sections& s) { s.plan[number] = 0x7fc00000; })) << number << " is no number";
    EXPECT_TRUE(refused([=](Sections& s) { s.plan[number] = Bits(-1); })) << number;
  }
  EXPECT_TRUE(refused([](Sections& s) { s.plan.pop_back(); }));
  EXPECT_TRUE(refused([](Sections& s) { s.directions[1] = 0x7f800000; })) << "infinite";
  EXPECT_TRUE(refused([](Sections& s) { s.directions.push_back(0); }));
  EXPECT_TRUE(refused([](Sections& s) { s.shifts[0] = 0x7fc00000; }));
  EXPECT_TRUE(refused([](Sections& s) { s.multipliers[1] = 8; })) << "even: slots would be lost";
  EXPECT_TRUE(refused([](Sections& s) { s.first_bucket[1] = 0x7fffffff; }))
      << "and allocates nothing of that size";
  EXPECT_TRUE(refused([](Sections& s) { s.keys[1] = 0; })) << "a key twice";
  EXPECT_TRUE(refused([](Sections& s) { s.offsets[1] = 5; }));
  EXPECT_TRUE(refused([](Sections& s) { s.rows[1] = 3; })) << "a row that is not there";
  EXPECT_TRUE(refused([](Sections& s) { s.rows[1] = 0; })) << "a row twice";
}

TEST(LshFileTest, AnIndexOfOtherTablesOrHashesIsRefused) {
  CollectionOptions options = Options();
  options.lsh_tables = 1;
  options.lsh_hashes = 2;
  EXPECT_THAT(Load({}, options), IsOk());
  options.lsh_tables = 2;
  EXPECT_THAT(Load({}, options), IsError(ErrorCode::kCorruption));
  options.lsh_tables = 0;
  options.lsh_hashes = 3;
  EXPECT_THAT(Load({}, options), IsError(ErrorCode::kCorruption));
}

}  // namespace
}  // namespace strata
