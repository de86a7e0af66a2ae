#include <gtest/gtest.h>

#include <string>

#include "lsm/segment_fixture.h"
#include "lsm/segment_format.h"
#include "strata/record.h"

namespace strata {
namespace {

std::string Hex(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const std::byte byte : bytes) {
    hex += kDigits[std::to_integer<int>(byte) >> 4];
    hex += kDigits[std::to_integer<int>(byte) & 15];
  }
  return hex;
}

std::string WithoutSpaces(std::string_view text) {
  std::string packed;
  for (const char c : text) {
    if (c != ' ') packed += c;
  }
  return packed;
}

class SegmentGoldenTest : public SegmentTestBase {
 protected:
  std::string Section(Segment& segment, SectionId id) { return Hex(*segment.sections()->ReadSection(id)); }
};

// The worked example of docs/formats/segment.md, byte by byte. If this fails, files written before can no
// longer be read: raise kFormatVersion or put it back.
TEST_F(SegmentGoldenTest, TheWorkedExampleIsWrittenAsTheFormatSays) {
  const std::vector<SampleRecord> records = {{*EncodeKey(int64_t{7}), R"({"n":1})", "hi", {1.0f, -2.0f}},
                                             {*EncodeKey("ab"), "", std::nullopt, {}}};
  const auto segment = MakeSegment(1, 2, records);
  EXPECT_EQ(Section(*segment, kSegmentRecords),
            WithoutSpaces("01 0900 018000000000000007 0700 7b226e223a317d 6869"
                          "00 0300 026162 0000"
                          "0000 1700 0200"));
  EXPECT_EQ(Section(*segment, kSegmentBlockIndex), WithoutSpaces("00000000 00000000 0100 01"));
  EXPECT_EQ(Section(*segment, kSegmentIdFilter), WithoutSpaces("40400000 00000480 00028000 12000000"
                                                               "00010001 00440000 00008020 20010000"));
  EXPECT_EQ(Section(*segment, kSegmentMeta), WithoutSpaces("02000000 01000000 02000000"));
  EXPECT_EQ(Section(*segment, kSegmentWithVector), WithoutSpaces("0100000000000000"));
  EXPECT_EQ(Section(*segment, kSegmentVectors), WithoutSpaces("0000803f 000000c0 00000000 00000000"));
}

// A large value: 65536 bytes of metadata and "end" as text fill blocks 0 and 1, the record itself comes in
// block 2.
TEST_F(SegmentGoldenTest, ALargeValueLiesBeforeTheRecordThatPointsAtIt) {
  const auto segment = MakeSegment(1, 0, {{*EncodeKey("b"), std::string(kLargeBlockBytes, 'm'), "end", {}}});
  ASSERT_EQ(segment->sections()->Blocks(kSegmentRecords).size(), 3u);
  EXPECT_EQ(Hex(segment->sections()->ReadBlock(kSegmentRecords, 1)->bytes()),
            Hex(std::as_bytes(std::span("end", 3))));
  EXPECT_EQ(Hex(segment->sections()->ReadBlock(kSegmentRecords, 2)->bytes()),
            WithoutSpaces("03 0200 0262 00000100 03000000 00000000"
                          "0000 0100"));
  EXPECT_EQ(Section(*segment, kSegmentBlockIndex), WithoutSpaces("02000000 00000000 0100 02"));
}

}  // namespace
}  // namespace strata
