#include "env/file_name.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace strata {
namespace {

TEST(FileNameTest, IsTheNumberInAtLeastEightDigits) {
  EXPECT_EQ(FileName(0).view(), "00000000.strata");
  EXPECT_EQ(FileName(42).view(), "00000042.strata");
  EXPECT_EQ(FileName(1234567890).view(), "1234567890.strata");
  for (const FileNumber file : {FileNumber{0}, FileNumber{99999999}, FileNumber{100000000}, ~FileNumber{0}}) {
    EXPECT_EQ(ParseFileName(FileName(file).view()), file);
  }
}

TEST(FileNameTest, ForeignNamesAreNoFiles) {
  for (const char* name : {"", ".strata", "1.strata", "00000001", "00000001.strata2", "00000001.STRATA",
                           "000000001.strata", "-0000001.strata", "+0000001.strata", "0x000001.strata",
                           "0000 001.strata", "18446744073709551616.strata", "../00000001.strata"}) {
    EXPECT_EQ(ParseFileName(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace strata
