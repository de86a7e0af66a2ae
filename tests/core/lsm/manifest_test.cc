#include "lsm/manifest.h"

#include <string>
#include <vector>

#include "env/fault_env.h"
#include "env/memory_env.h"
#include "file/section_file.h"
#include "support/files.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::HasSubstr;

constexpr DatabaseId kDatabase = {0x77};
constexpr FileNumber kFile = 30;

FileHeader Header() {
  return {.kind = FileKind::kManifest, .database = kDatabase, .file = kFile, .epoch = 4, .sequence = 50};
}

SegmentEntry Segment(FileNumber file, uint32_t row_count, const std::vector<Row>& dead,
                     FileNumber index_file = 0) {
  SegmentEntry segment{
      .file = file, .index_file = index_file, .row_count = row_count, .dead = RowBitmap(row_count)};
  for (const Row row : dead) segment.dead.Set(row);
  return segment;
}

// Makes the files that `manifest` names, as large as they must be.
void MakeSegments(Env* env, const Manifest& manifest) {
  for (const CollectionEntry& collection : manifest.collections) {
    for (const SegmentEntry& segment : collection.segments) {
      WriteFile(env, segment.file, std::vector<std::byte>(segment.row_count));
    }
  }
}

Manifest Sample() {
  Manifest manifest{.sequence = 50, .next_collection = 3};
  manifest.collections.push_back({.id = 1, .name = "a", .options = {.dimension = 2}});
  manifest.collections[0].segments = {Segment(8, 20, {3, 19}, 9), Segment(10, 5, {0, 1, 2, 3})};
  manifest.clients = {{.client = 5, .request = 6, .sequence = 49}};
  return manifest;
}

// The example of docs/formats/manifest.md.
TEST(ManifestTest, IsTheBytesThatTheFormatPageShows) {
  MemoryEnv env;
  ASSERT_THAT(WriteManifest(&env, Header(), Sample()), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader,
                              SectionReader::Open(&env, nullptr, FileKind::kManifest, kFile));
  EXPECT_EQ(Hex(reader->ReadSection(1).value()),
            "08 32 10 03 1a 2b 08 01 12 01 61 1a 0d 08 02 10\n"
            "01 18 01 20 10 28 c8 01 30 01 22 0a 08 08 10 09\n"
            "18 14 22 02 03 10 22 09 08 0a 10 00 18 05 2a 01\n"
            "0f 22 0d 09 05 00 00 00 00 00 00 00 10 06 18 31");
}

void ExpectRoundTrip(const Manifest& manifest) {
  MemoryEnv env;
  MakeSegments(&env, manifest);
  ASSERT_THAT(WriteManifest(&env, Header(), manifest), IsOk());
  const auto found = ReadManifest(&env, kFile, kDatabase);
  ASSERT_THAT(found, IsOk());
  EXPECT_TRUE(*found == manifest);
}

TEST(ManifestTest, ReadsBackWhatWasWritten) {
  ExpectRoundTrip(Manifest{});
  ExpectRoundTrip(Sample());
}

TEST(ManifestTest, KeepsAnySetOfDeadRows) {
  Random random(43);
  for (const uint32_t row_count : {1u, 7u, 8u, 63u, 64u, 65u, 1000u, 100'000u}) {
    for (const double share : {0.0, 0.001, 0.01, 0.1, 0.5, 0.99, 1.0}) {
      std::vector<Row> dead;
      for (Row row = 0; row < row_count; ++row) {
        if (random.Unit() < share) dead.push_back(row);
      }
      Manifest manifest{.sequence = 1};
      manifest.collections.push_back({.id = 1, .name = "c", .segments = {Segment(3, row_count, dead)}});
      ExpectRoundTrip(manifest);
    }
  }
}

TEST(ManifestTest, FewDeadRowsTakeFewBytesAndManyTakeABitEach) {
  const auto bytes_with = [](const std::vector<Row>& dead) {
    MemoryEnv env;
    Manifest manifest{.sequence = 1};
    manifest.collections.push_back({.id = 1, .name = "c", .segments = {Segment(3, 1'000'000, dead)}});
    EXPECT_THAT(WriteManifest(&env, Header(), manifest), IsOk());
    return env.Size(kFile).value();
  };
  const uint64_t none = bytes_with({});
  EXPECT_LT(bytes_with({5, 500'000, 999'999}), none + 16);
  std::vector<Row> most;
  for (Row row = 0; row < 900'000; ++row) most.push_back(row);
  EXPECT_LT(bytes_with(most), none + 125'000 + 100);
}

TEST(ManifestTest, DamageIsAnErrorOrChangesNothing) {
  MemoryEnv env;
  const Manifest manifest = Sample();
  MakeSegments(&env, manifest);
  ASSERT_THAT(WriteManifest(&env, Header(), manifest), IsOk());
  ForEachDamage(&env, kFile, [&](const std::string&) {
    EXPECT_THAT(ReadManifest(&env, kFile, kDatabase), IsError(ErrorCode::kCorruption));
  });
  EXPECT_TRUE(ReadManifest(&env, kFile, kDatabase).value() == manifest);
}

TEST(ManifestTest, ASegmentThatIsMissingOrTooSmallIsCorruption) {
  MemoryEnv env;
  const Manifest manifest = Sample();
  MakeSegments(&env, manifest);
  ASSERT_THAT(WriteManifest(&env, Header(), manifest), IsOk());
  ASSERT_THAT(env.Truncate(8, 19), IsOk());
  EXPECT_THAT(
      ReadManifest(&env, kFile, kDatabase),
      IsErrorSaying(ErrorCode::kCorruption, HasSubstr("00000008.strata has 19 bytes, too few for 20 rows")));
  ASSERT_THAT(env.Remove(8), IsOk());
  EXPECT_THAT(ReadManifest(&env, kFile, kDatabase),
              IsErrorSaying(ErrorCode::kCorruption, HasSubstr("00000008.strata is missing")));
}

TEST(ManifestTest, RefusesAManifestOfAnotherDatabase) {
  MemoryEnv env;
  ASSERT_THAT(WriteManifest(&env, Header(), Manifest{}), IsOk());
  EXPECT_THAT(ReadManifest(&env, kFile, DatabaseId{1}), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(ReadManifest(&env, kFile + 1, kDatabase), IsError(ErrorCode::kNotFound));
}

// Messages whose checksums are right, as somebody could forge them.
Result<Manifest> ReadForged(std::string_view message) {
  MemoryEnv env;
  WriteFile(&env, 1, std::vector<std::byte>(100));
  STRATA_ASSIGN_OR_RETURN(const auto writer, SectionWriter::Create(&env, Header()));
  STRATA_RETURN_IF_ERROR(writer->Begin(1, 4096));
  STRATA_RETURN_IF_ERROR(writer->Append(BytesOf(message)));
  STRATA_RETURN_IF_ERROR(writer->End());
  STRATA_RETURN_IF_ERROR(writer->Finish());
  return ReadManifest(&env, kFile, kDatabase);
}

TEST(ManifestTest, RefusesForgedDeadRows) {
  using std::string_view_literals::operator""sv;
  // Collection { segment { file 1, row_count 10, dead ... } }.
  EXPECT_THAT(ReadForged("\x1a\x09\x22\x07\x08\x01\x18\x0a\x22\x01\x09"sv), IsOk());  // Row 9.
  EXPECT_THAT(ReadForged("\x1a\x09\x22\x07\x08\x01\x18\x0a\x22\x01\x0a"sv), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(ReadForged("\x1a\x0a\x22\x08\x08\x01\x18\x0a\x22\x02\x09\x01"sv),
              IsError(ErrorCode::kCorruption));
  EXPECT_THAT(ReadForged("\x1a\x0a\x22\x08\x08\x01\x18\x0a\x22\x02\xff\xff"sv),
              IsError(ErrorCode::kCorruption));
  EXPECT_THAT(ReadForged("\x1a\x0a\x22\x08\x08\x01\x18\x0a\x2a\x02\xff\x03"sv), IsOk());  // All ten.
  EXPECT_THAT(ReadForged("\x1a\x0a\x22\x08\x08\x01\x18\x0a\x2a\x02\xff\x07"sv),
              IsError(ErrorCode::kCorruption));
  EXPECT_THAT(ReadForged("\x1a\x09\x22\x07\x08\x01\x18\x0a\x2a\x01\xff"sv), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(ReadForged("\x1a\x0a\x22\x08\x08\x01\x18\xff\xff\xff\xff\x0f"sv),
              IsError(ErrorCode::kCorruption));  // Rows.
  EXPECT_THAT(ReadForged("\x1a\xff\xff\xff\xff\x0f"sv), IsError(ErrorCode::kCorruption));
}

TEST(ManifestTest, AWrittenManifestSurvivesAPowerCut) {
  const Manifest manifest = Sample();
  for (uint64_t call = 0;; ++call) {
    MemoryEnv memory;
    MakeSegments(&memory, manifest);
    for (const FileNumber file : {8u, 10u}) ASSERT_THAT(memory.Sync(file), IsOk());
    ASSERT_THAT(memory.SyncNames(), IsOk());
    FaultEnv env(&memory, {.kind = Fault::Kind::kPowerCut, .call = call});
    const bool written = WriteManifest(&env, Header(), manifest).has_value();
    for (uint64_t seed = 0; seed < 10; ++seed) {
      MemoryEnv disk =
          memory.Crash({.bytes = UnsyncedBytes::kReordered, .names = UnsyncedNames::kRandom, .seed = seed});
      const auto found = ReadManifest(&disk, kFile, kDatabase);
      if (written || found) {
        ASSERT_THAT(found, IsOk());
        EXPECT_TRUE(*found == manifest);
      }
    }
    if (!env.tripped()) break;
  }
}

}  // namespace
}  // namespace strata
