#include "strata/message.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace strata {
namespace {

TEST(MessageTest, TextsAndNumbersStandOneAfterTheOther) {
  const std::string text = "rows";
  EXPECT_EQ(Message({"found ", 3u, " ", text, ", expected ", std::string_view("4")}),
            "found 3 rows, expected 4");
  EXPECT_EQ(Message({}), "");
}

TEST(MessageTest, WholeNumbersOfEveryWidthAreWrittenExactly) {
  EXPECT_EQ(Message({0, " ", std::numeric_limits<uint64_t>::max()}), "0 18446744073709551615");
  EXPECT_EQ(Message({std::numeric_limits<int64_t>::min()}), "-9223372036854775808");
  EXPECT_EQ(Message({int8_t{-1}, "/", uint8_t{255}}), "-1/255");
}

// Numbers are told from texts by address: no text may look like one.
TEST(MessageTest, EmptyAndShortTextsAreNotTakenForNumbers) {
  EXPECT_EQ(Message({std::string_view(), std::string(), "", "|"}), "|");
  EXPECT_EQ(Message({"a", "-", "b", "+", "0"}), "a-b+0");
}

}  // namespace
}  // namespace strata
