#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "bytes/little_endian.h"
#include "lsm/segment.h"
#include "lsm/segment_fixture.h"
#include "lsm/segment_format.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::HasSubstr;
using testing::Not;

using Bytes = std::vector<std::byte>;

constexpr FileNumber kFile = 5;
constexpr uint32_t kDimension = 2;

std::vector<SampleRecord> SmallRecords() {
  return {{"a", R"({"year":1999})", "text of a", {1, 2}},
          {"ab", "", std::nullopt, {}},
          {"b", std::string(16500, 'm'), "", {3, 4}},  // Large.
          {"c", "{}", "", {5, 6}}};
}

Bytes FileBytes(Env& env) {
  Bytes bytes(static_cast<size_t>(*env.Size(kFile)));
  EXPECT_THAT(env.ReadAt(kFile, 0, bytes), IsOk());
  return bytes;
}

// What can be had from the file: its records if every call succeeds, else the first error.
Result<std::vector<SampleRecord>> ReadAll(Env* env) {
  STRATA_ASSIGN_OR_RETURN(const auto segment, Segment::Open(env, nullptr, kFile, kSampleDatabase));
  STRATA_ASSIGN_OR_RETURN(std::vector<SampleRecord> records, ReadSegment(*segment));
  for (Row row = 0; row < records.size(); ++row) {
    STRATA_ASSIGN_OR_RETURN(const std::optional<Row> found, segment->Find(records[row].key));
    STRATA_ASSIGN_OR_RETURN(const Row lower, segment->LowerBound(records[row].key));
    if (found != row || lower != row)
      return Fail(ErrorCode::kCorruption, "a record is not found under its key");
  }
  return records;
}

class SegmentDamageTest : public SegmentTestBase {
 protected:
  void SetUp() override { ASSERT_THAT(WriteSegment(&env_, kFile, kDimension, SmallRecords()), IsOk()); }
};

TEST_F(SegmentDamageTest, EveryFlippedByteIsAnErrorOrDoesNotMatter) {
  const Bytes good = FileBytes(env_);
  for (size_t at = 0; at < good.size(); ++at) {
    // Most of the file is the same letter again; there every 101st is enough.
    if (good[at] == std::byte{'m'} && at % 101 != 0) continue;
    for (const auto mask : {std::byte{0x01}, std::byte{0xff}}) {
      const std::byte flipped = good[at] ^ mask;
      ASSERT_THAT(env_.WriteAt(kFile, at, {&flipped, 1}), IsOk());
      const auto records = ReadAll(&env_);
      if (records) {
        ASSERT_EQ(*records, SmallRecords()) << "byte " << at;
      } else {
        ASSERT_FALSE(records.error().message().empty());
      }
    }
    ASSERT_THAT(env_.WriteAt(kFile, at, {&good[at], 1}), IsOk());
  }
  EXPECT_THAT(ReadAll(&env_), IsOk());
}

TEST_F(SegmentDamageTest, ACutFileIsNotASegment) {
  for (size_t size = FileBytes(env_).size(); size-- > 0;) {
    if (size > 200 && size < 16000 && size % 101 != 0) continue;  // Within the large value.
    ASSERT_THAT(env_.Truncate(kFile, size), IsOk());
    ASSERT_THAT(Segment::Open(&env_, nullptr, kFile, kSampleDatabase), Not(IsOk())) << size << " bytes";
  }
}

// The sections of the good segment, each a list of blocks, to be written again with right checksums and wrong
// content.
struct Forgery {
  std::map<SectionId, std::vector<Bytes>> sections;

  static Forgery Of(Env* env) {
    Forgery forgery;
    const auto reader = *SectionReader::Open(env, nullptr, FileKind::kSegment, kFile);
    for (SectionId id = kSegmentRecords; id <= kSegmentVectors; ++id) {
      for (size_t i = 0; i < reader->Blocks(id).size(); ++i) {
        const BlockRef block = *reader->ReadBlock(id, i);
        forgery.sections[id].emplace_back(block.bytes().begin(), block.bytes().end());
      }
    }
    return forgery;
  }

  Result<std::vector<SampleRecord>> Read() const {
    MemoryEnv env({.can_crash = false});
    STRATA_ASSIGN_OR_RETURN(const auto writer, SectionWriter::Create(&env, SampleHeader(kFile)));
    for (const auto& [id, blocks] : sections) {
      STRATA_RETURN_IF_ERROR(writer->Begin(id, kBlockBytesMax));
      for (const Bytes& block : blocks) {
        STRATA_RETURN_IF_ERROR(writer->Append(block));
        STRATA_RETURN_IF_ERROR(writer->EndBlock());
      }
      STRATA_RETURN_IF_ERROR(writer->End());
    }
    const auto bytes = writer->Finish();
    if (!bytes) return std::unexpected(bytes.error());
    STRATA_ASSIGN_OR_RETURN(const auto segment, Segment::Open(&env, nullptr, kFile, kSampleDatabase));
    STRATA_RETURN_IF_ERROR(segment->Verify());
    return ReadAll(&env);
  }
};

TEST_F(SegmentDamageTest, AForgeryWithoutChangesIsTheSegment) {
  EXPECT_EQ(*Forgery::Of(&env_).Read(), SmallRecords());
}

// Checksums say that bytes are those that were written, not that they make sense. Whatever stands in the
// sections, nothing is read out of bounds (the sanitizers watch), and what does not fit is kCorruption.
TEST_F(SegmentDamageTest, NoForgedByteIsBelievedBlindly) {
  const Forgery good = Forgery::Of(&env_);
  for (const auto& [id, blocks] : good.sections) {
    for (size_t i = 0; i < blocks.size(); ++i) {
      for (size_t at = 0; at < blocks[i].size(); ++at) {
        if (blocks[i][at] == std::byte{'m'} && at % 1009 != 0) continue;
        for (const auto mask : {std::byte{0x01}, std::byte{0x80}, std::byte{0xff}}) {
          Forgery forged = good;
          forged.sections[id][i][at] ^= mask;
          const auto records = forged.Read();
          if (!records) {
            ASSERT_THAT(records, IsError(ErrorCode::kCorruption)) << records.error().message();
          }
        }
      }
    }
  }
}

TEST_F(SegmentDamageTest, CutOrMissingSectionsAreFound) {
  const Forgery good = Forgery::Of(&env_);
  for (const auto& [id, blocks] : good.sections) {
    Forgery without = good;
    without.sections.erase(id);
    EXPECT_THAT(without.Read(), IsError(ErrorCode::kCorruption)) << "section " << id;
    for (size_t i = 0; i < blocks.size(); ++i) {
      Forgery cut = good;
      cut.sections[id][i].pop_back();
      EXPECT_THAT(cut.Read(), IsError(ErrorCode::kCorruption)) << "section " << id << " block " << i;
      Forgery longer = good;
      longer.sections[id][i].push_back(std::byte{0});
      EXPECT_THAT(longer.Read(), IsError(ErrorCode::kCorruption)) << "section " << id << " block " << i;
    }
  }
}

TEST_F(SegmentDamageTest, TheErrorNamesFileSectionAndByte) {
  Forgery forged = Forgery::Of(&env_);
  Bytes& block = forged.sections[kSegmentRecords].back();
  StoreLittleEndian<uint16_t>(60000, block.data() + block.size() - 4);  // The last record's offset.
  const auto records = forged.Read();
  EXPECT_THAT(records, IsErrorSaying(ErrorCode::kCorruption,
                                     HasSubstr("00000005.strata: segment section 1 at byte ")));
  EXPECT_THAT(records,
              IsErrorSaying(ErrorCode::kCorruption, HasSubstr("record 2 of the block is malformed")));
}

TEST_F(SegmentDamageTest, RowCountsThatWouldExhaustMemoryAreRefusedBeforeAllocating) {
  Forgery forged = Forgery::Of(&env_);
  StoreLittleEndian<uint32_t>(0xfffffffe, forged.sections[kSegmentMeta][0].data());
  EXPECT_THAT(forged.Read(), IsError(ErrorCode::kCorruption));
}

TEST_F(SegmentDamageTest, VerifyFindsRecordsOutOfOrder) {
  Forgery forged = Forgery::Of(&env_);
  Bytes& block = forged.sections[kSegmentRecords].back();
  // The first record's key, after its flags and size.
  ASSERT_EQ(block[3], std::byte{'a'});
  block[3] = std::byte{'z'};
  EXPECT_THAT(forged.Read(),
              IsErrorSaying(ErrorCode::kCorruption, HasSubstr("is not where index and filter lead")));
}

TEST_F(SegmentDamageTest, VerifyFindsAVectorWhereThereShouldBeNone) {
  Forgery forged = Forgery::Of(&env_);
  forged.sections[kSegmentVectors][0][8] = std::byte{1};  // Row 1.
  EXPECT_THAT(forged.Read(), IsErrorSaying(ErrorCode::kCorruption, HasSubstr("row 1 has no vector")));
}

}  // namespace
}  // namespace strata
