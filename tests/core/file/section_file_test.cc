#include "file/section_file.h"

#include <string>
#include <vector>

#include "bytes/little_endian.h"
#include "env/fault_env.h"
#include "env/memory_env.h"
#include "file/section_table.h"
#include "support/files.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::HasSubstr;

constexpr FileNumber kFile = 5;

FileHeader SampleHeader(FileNumber file = kFile) {
  return {.kind = FileKind::kSegment, .database = {1, 2, 3}, .file = file, .epoch = 1, .sequence = 9};
}

struct Section {
  SectionId id = 0;
  uint32_t block_bytes = 0;
  std::string text;
};

Result<uint64_t> WriteSections(Env* env, const std::vector<Section>& sections, FileNumber file = kFile) {
  STRATA_ASSIGN_OR_RETURN(const auto writer, SectionWriter::Create(env, SampleHeader(file)));
  for (const Section& section : sections) {
    STRATA_RETURN_IF_ERROR(writer->Begin(section.id, section.block_bytes));
    STRATA_RETURN_IF_ERROR(writer->Append(BytesOf(section.text)));
    STRATA_RETURN_IF_ERROR(writer->End());
  }
  return writer->Finish();
}

Result<std::shared_ptr<SectionReader>> Open(Env* env, BlockCache* cache = nullptr) {
  return SectionReader::Open(env, cache, FileKind::kSegment, kFile);
}

const std::vector<Section> kSample = {{1, 8, "twelve bytes"}, {7, 4096, ""}, {2, 4096, "tail"}};

// The example of docs/formats/section-file.md.
TEST(SectionFileTest, IsTheBytesThatTheFormatPageShows) {
  MemoryEnv env;
  EXPECT_THAT(WriteSections(&env, kSample), IsOkAndHolds(216u));
  const auto bytes = ReadFile(&env, kFile).value();
  EXPECT_EQ(Hex(std::span(bytes).subspan(kFileHeaderBytes)),
            "74 77 65 6c 76 65 20 62 79 74 65 73 00 00 00 00\n"
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "74 61 69 6c 01 00 00 00 02 00 00 00 08 00 00 00\n"
            "72 1f 44 0c 89 69 07 e9 04 00 00 00 6f 54 62 d0\n"
            "7d a1 20 b5 07 00 00 00 00 00 00 00 02 00 00 00\n"
            "01 00 00 00 04 00 00 00 c5 55 af 40 46 47 28 80\n"
            "84 00 00 00 00 00 00 00 30 af 06 d1 e2 34 80 12\n"
            "53 54 52 41 54 45 4e 44");
}

TEST(SectionFileTest, ReadsBackSectionsAndBlocks) {
  MemoryEnv env;
  STRATA_ASSERT_OK_AND_ASSIGN(const uint64_t size, WriteSections(&env, kSample));
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader, Open(&env));
  EXPECT_EQ(reader->header(), SampleHeader());
  EXPECT_EQ(reader->file_bytes(), size);
  EXPECT_THAT(env.Size(kFile), IsOkAndHolds(size));
  for (const Section& section : kSample) {
    EXPECT_TRUE(reader->Has(section.id));
    EXPECT_EQ(reader->SectionBytes(section.id), section.text.size());
    EXPECT_EQ(TextOf(reader->ReadSection(section.id).value()), section.text);
  }
  ASSERT_EQ(reader->Blocks(1).size(), 2u);
  EXPECT_EQ(reader->Blocks(1)[0].offset % 64, 0u);
  EXPECT_EQ(TextOf(reader->ReadBlock(1, 0)->bytes()), "twelve b");
  EXPECT_EQ(TextOf(reader->ReadBlock(1, 1)->bytes()), "ytes");
  EXPECT_EQ(TextOf(reader->ReadBlocks(1, 0, 2, Admission::kAlways)->bytes()), "twelve bytes");
  EXPECT_EQ(reader->Blocks(2)[0].offset % 64, 0u);
  EXPECT_THAT(reader->Verify(), IsOk());
}

TEST(SectionFileTest, AnAbsentSectionIsEmptyAndHasNoBlocks) {
  MemoryEnv env;
  ASSERT_THAT(WriteSections(&env, kSample), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader, Open(&env));
  EXPECT_FALSE(reader->Has(3));
  EXPECT_TRUE(reader->Blocks(3).empty());
  EXPECT_EQ(reader->SectionBytes(3), 0u);
  EXPECT_EQ(reader->ReadSection(3).value().size(), 0u);
  EXPECT_THAT(reader->ReadBlock(3, 0), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(reader->ReadBlock(1, 2), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(reader->ReadBlocks(1, 1, 2, Admission::kAlways), IsError(ErrorCode::kCorruption));
  std::vector<std::byte> wrong(11);
  EXPECT_THAT(reader->ReadSection(1, wrong), IsError(ErrorCode::kInvalidArgument));
}

TEST(SectionFileTest, CutsBlocksWhereTheWriterSays) {
  MemoryEnv env;
  STRATA_ASSERT_OK_AND_ASSIGN(const auto writer, SectionWriter::Create(&env, SampleHeader()));
  ASSERT_THAT(writer->Begin(1, 100), IsOk());
  for (const char* word : {"one", "two and", "three"}) {
    ASSERT_THAT(writer->Append(BytesOf(word)), IsOk());
    ASSERT_THAT(writer->EndBlock(), IsOk());
    ASSERT_THAT(writer->EndBlock(), IsOk());  // No empty block.
  }
  ASSERT_THAT(writer->End(), IsOk());
  ASSERT_THAT(writer->Finish(), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader, Open(&env));
  ASSERT_EQ(reader->Blocks(1).size(), 3u);
  EXPECT_EQ(TextOf(reader->ReadBlock(1, 1)->bytes()), "two and");
}

TEST(SectionFileTest, AnyPartitionOfTheBytesGivesTheSameFile) {
  Random random(5);
  const std::string text = TextOf(random.Bytes(700'000));
  const std::vector<Section> sections = {
      {1, 4096, text}, {2, kBlockBytesMax, text}, {3, 1000, text.substr(0, 1000)}};
  MemoryEnv whole;
  ASSERT_THAT(WriteSections(&whole, sections), IsOk());
  MemoryEnv parts;
  STRATA_ASSERT_OK_AND_ASSIGN(const auto writer, SectionWriter::Create(&parts, SampleHeader()));
  for (const Section& section : sections) {
    ASSERT_THAT(writer->Begin(section.id, section.block_bytes), IsOk());
    for (size_t at = 0; at < section.text.size();) {
      const size_t bytes = std::min(1 + random.Below(9000), section.text.size() - at);
      ASSERT_THAT(writer->Append(BytesOf(section.text).subspan(at, bytes)), IsOk());
      at += bytes;
    }
    ASSERT_THAT(writer->End(), IsOk());
  }
  ASSERT_THAT(writer->Finish(), IsOk());
  EXPECT_EQ(ReadFile(&whole, kFile).value(), ReadFile(&parts, kFile).value());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader, Open(&parts));
  EXPECT_EQ(TextOf(reader->ReadSection(2).value()), text);
  EXPECT_THAT(reader->Verify(), IsOk());
}

TEST(SectionFileTest, BlocksComeFromTheCacheAfterTheFirstTime) {
  MemoryEnv memory;
  ASSERT_THAT(WriteSections(&memory, kSample), IsOk());
  FaultEnv env(&memory);
  const auto cache = BlockCache::Create(1 << 20);
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader, Open(&env, cache.get()));
  ASSERT_THAT(reader->ReadBlock(1, 0), IsOk());
  const uint64_t calls = env.calls();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(TextOf(reader->ReadBlock(1, 0)->bytes()), "twelve b");
  EXPECT_EQ(env.calls(), calls);
  EXPECT_EQ(cache->stats().hits, 10u);
}

// Reads everything that the sample holds; equal to what was written, or an error.
Result<std::vector<std::string>> ReadAll(Env* env) {
  STRATA_ASSIGN_OR_RETURN(const auto reader, Open(env));
  std::vector<std::string> texts;
  for (const Section& section : kSample) {
    STRATA_ASSIGN_OR_RETURN(const auto bytes, reader->ReadSection(section.id));
    texts.push_back(TextOf(bytes));
    for (size_t block = 0; block < reader->Blocks(section.id).size(); ++block) {
      STRATA_RETURN_IF_ERROR(reader->ReadBlock(section.id, block));
    }
  }
  return texts;
}

TEST(SectionFileTest, DamageIsAnErrorOrChangesNothingAndVerifyFindsAllOfIt) {
  MemoryEnv env;
  ASSERT_THAT(WriteSections(&env, kSample), IsOk());
  const auto expected = ReadAll(&env).value();
  int harmless = 0;
  ForEachDamage(&env, kFile, [&](const std::string&) {
    const auto found = ReadAll(&env);
    if (found) {
      EXPECT_EQ(*found, expected);
      ++harmless;
    } else {
      EXPECT_EQ(found.error().code(), ErrorCode::kCorruption);
    }
    const auto reader = Open(&env);
    EXPECT_FALSE(reader && (*reader)->Verify());
  });
  // Only the zeros between the first section and the next one's 64-byte boundary; each was damaged twice.
  EXPECT_EQ(harmless, 2 * (64 - 12));
}

TEST(SectionFileTest, TheMessageOfADamagedBlockNamesThePlace) {
  MemoryEnv env;
  ASSERT_THAT(WriteSections(&env, kSample), IsOk());
  ASSERT_THAT(env.WriteAt(kFile, 73, BytesOf("!")), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader, Open(&env));
  EXPECT_THAT(reader->ReadBlock(1, 0), IsOk());
  EXPECT_THAT(reader->ReadBlocks(1, 0, 2, Admission::kAlways), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(reader->ReadBlock(1, 1),
              IsErrorSaying(ErrorCode::kCorruption,
                            HasSubstr("00000005.strata: section 1: wrong checksum of the block "
                                      "at byte 72")));
}

TEST(SectionFileTest, ABlockInAnotherBlocksPlaceIsNoticed) {
  MemoryEnv env;
  ASSERT_THAT(WriteSections(&env, {{1, 4, "samesame"}}), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto reader, Open(&env));
  EXPECT_NE(reader->Blocks(1)[0].checksum, reader->Blocks(1)[1].checksum);
}

TEST(SectionFileTest, TheEndOfAnotherFileDoesNotFit) {
  MemoryEnv env;
  ASSERT_THAT(WriteSections(&env, kSample), IsOk());
  ASSERT_THAT(WriteSections(&env, kSample, kFile + 1), IsOk());
  const auto other = ReadFile(&env, kFile + 1).value();
  ASSERT_THAT(env.WriteAt(kFile, 64, std::span(other).subspan(64)), IsOk());
  EXPECT_THAT(Open(&env), IsError(ErrorCode::kCorruption));
}

TEST(SectionFileTest, TheWrongKindIsCorruption) {
  MemoryEnv env;
  ASSERT_THAT(WriteSections(&env, kSample), IsOk());
  EXPECT_THAT(SectionReader::Open(&env, nullptr, FileKind::kIndex, kFile), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(SectionReader::Open(&env, nullptr, FileKind::kIndex, 99), IsError(ErrorCode::kNotFound));
}

// A table as somebody who can compute checksums would forge it.
Result<std::vector<SectionInfo>> DecodeForged(std::initializer_list<uint32_t> words, uint64_t table_offset) {
  std::vector<std::byte> table(words.size() * 4);
  size_t at = 0;
  for (const uint32_t word : words) {
    StoreLittleEndian(word, &table[at]);
    at += 4;
  }
  const auto forged = SealSectionTable(std::move(table), SampleHeader(), table_offset);
  return DecodeSectionTable(forged, SampleHeader(), table_offset);
}

TEST(SectionTableTest, RefusesForgedTables) {
  EXPECT_THAT(DecodeForged({}, 64), IsOk());
  EXPECT_THAT(DecodeForged({1, 1, 10, 0, 0}, 74), IsOk());
  EXPECT_THAT(DecodeForged({1, 1, 10, 0, 0}, 75), IsError(ErrorCode::kCorruption));  // Does not end there.
  EXPECT_THAT(DecodeForged({1, 2, 10, 0, 0}, 74), IsError(ErrorCode::kCorruption));  // Too few blocks.
  EXPECT_THAT(DecodeForged({1, 0xffffffff, 10, 0, 0}, 74), IsError(ErrorCode::kCorruption));
  EXPECT_THAT(DecodeForged({1, 1, 0, 0, 0}, 64), IsError(ErrorCode::kCorruption));  // An empty block.
  EXPECT_THAT(DecodeForged({1, 1, 0xffffffff, 0, 0}, 64),
              IsError(ErrorCode::kCorruption));                                  // Too large a block.
  EXPECT_THAT(DecodeForged({1, 0, 1, 0}, 64), IsError(ErrorCode::kCorruption));  // Twice the same.
  EXPECT_THAT(DecodeForged({1}, 64), IsError(ErrorCode::kCorruption));
}

TEST(SectionFileTest, AFinishedFileSurvivesAPowerCutAndAnUnfinishedOneIsNeverMistaken) {
  Random random(23);
  const std::string text = TextOf(random.Bytes(600'000));
  for (uint64_t call = 0;; ++call) {
    SCOPED_TRACE(testing::Message() << "power cut before call " << call);
    MemoryEnv memory;
    FaultEnv env(&memory, {.kind = Fault::Kind::kPowerCut, .call = call});
    const bool finished = WriteSections(&env, {{1, 4096, text}}).has_value();
    for (uint64_t seed = 0; seed < 8; ++seed) {
      for (const auto bytes : {UnsyncedBytes::kDropped, UnsyncedBytes::kTorn, UnsyncedBytes::kReordered}) {
        MemoryEnv disk = memory.Crash({.bytes = bytes, .names = UnsyncedNames::kRandom, .seed = seed});
        const auto reader = Open(&disk);
        const auto found = reader ? (*reader)->ReadSection(1) : std::unexpected(reader.error());
        if (finished || found) {
          ASSERT_THAT(found, IsOk());
          EXPECT_TRUE(TextOf(*found) == text);
        }
      }
    }
    if (!env.tripped()) break;
  }
}

}  // namespace
}  // namespace strata
