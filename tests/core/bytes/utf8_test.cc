#include "bytes/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace strata {
namespace {

// Every code point as UTF-8 would write it, whether it may or not, in the number of bytes asked for.
std::string Encode(uint32_t code_point, int bytes) {
  if (bytes == 1) return std::string(1, static_cast<char>(code_point));
  constexpr uint32_t kLead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    const uint32_t six = code_point >> (6 * (bytes - 1 - i)) & (i == 0 ? 0xffu : 0x3fu);
    text += static_cast<char>(six | (i == 0 ? kLead[bytes] : 0x80u));
  }
  return text;
}

TEST(Utf8Test, AcceptsExactlyTheCodePointsInTheirShortestForm) {
  for (uint32_t code_point = 0; code_point < 0x1fffff; code_point += code_point < 0x11000 ? 1 : 61) {
    for (int bytes = 1; bytes <= 4; ++bytes) {
      constexpr uint32_t kFirst[] = {0, 0, 0x80, 0x800, 0x10000, 0x110000};
      if (bytes == 1 ? code_point >= 0x80 : code_point >> (bytes * 5 + 1) != 0) continue;  // Does not fit.
      const bool shortest = code_point >= kFirst[bytes] && code_point < kFirst[bytes + 1];
      const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
      ASSERT_EQ(IsUtf8(Encode(code_point, bytes)), shortest && !surrogate)
          << std::hex << code_point << " in " << bytes;
    }
  }
}

TEST(Utf8Test, RefusesSequencesThatAreCutOrBeginInTheMiddle) {
  const std::string text = "a\u00e9\u4e2d\U0001f600";
  EXPECT_TRUE(IsUtf8(text));
  EXPECT_TRUE(IsUtf8(""));
  for (const size_t cut : {2u, 4u, 5u, 7u, 8u, 9u}) {
    EXPECT_FALSE(IsUtf8(text.substr(0, cut)));
    EXPECT_FALSE(IsUtf8(text.substr(cut)));
  }
  EXPECT_FALSE(IsUtf8("\xc3("));
  EXPECT_FALSE(IsUtf8("\xff"));
}

}  // namespace
}  // namespace strata
