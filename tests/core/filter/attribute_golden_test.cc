#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "filter/attribute_fixture.h"

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

// The worked example of docs/formats/attributes.md, byte by byte. If this fails, files written before can no
// longer be read: raise kFormatVersion or put it back.
TEST(AttributeGoldenTest, IsTheBytesThatTheFormatPageShows) {
  const std::vector<std::string> rows = {R"({"n":1,"tag":["db","ai"]})", R"({"n":2.5,"tag":"db"})",
                                         R"({"n":1})"};
  MemoryEnv env;
  ASSERT_THAT(WriteAttributes(&env, rows), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto sections,
                              SectionReader::Open(&env, nullptr, FileKind::kSegment, kAttributeFile));
  EXPECT_EQ(Hex(*sections->ReadSection(kAttributeDirectory)),
            WithoutSpaces("03000000 01000000 02000000"
                          "49000000 01000000  48000000 04000000"
                          "6e 746167"));
  EXPECT_EQ(Hex(sections->ReadBlock(kAttributeColumns, 0)->bytes()),
            WithoutSpaces("02000000 00000000 00000000 05000000"
                          "000000000000f03f 0000000000000440"
                          "01000000 01000000 01000000 01000000 01000000 01000000 01000000 03000000 05000000"
                          "01  01 01  00 01"));
  EXPECT_EQ(Hex(sections->ReadBlock(kAttributeColumns, 1)->bytes()),
            WithoutSpaces("00000000 02000000 04000000 08000000"
                          "02000000 04000000"
                          "02000000 04000000 04000000 04000000 04000000 04000000 04000000 06000000 08000000"
                          "6169 6462"
                          "01 02  00 00  00 00  01 02"));
}

}  // namespace
}  // namespace strata
