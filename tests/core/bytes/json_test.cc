#include "bytes/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "bytes/json_builder.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::HasSubstr;

std::string Repeat(std::string_view part, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += part;
  return all;
}

// Reads and writes again.
std::string Rewritten(std::string_view json) {
  const auto value = ParseJson(json);
  return value ? WriteJson(*value) : value.error().message();
}

TEST(JsonTest, WhatIsWrittenAgainHasNoNeedlessByteAndKeepsTheOrderOfMembers) {
  EXPECT_EQ(Rewritten(" { \"z\" : [ 1 , true , null , { } , [ ] ] , \"a\" : \"x\\u00e9\\n\" } "),
            "{\"z\":[1,true,null,{},[]],\"a\":\"x\u00e9\\n\"}");
  EXPECT_EQ(Rewritten("\"top\""), "\"top\"");
  EXPECT_EQ(Rewritten("[[[1],[2]],{\"a\":{\"b\":[{}]}}]"), "[[[1],[2]],{\"a\":{\"b\":[{}]}}]");
}

TEST(JsonTest, IntegersOfInt64AreKeptExactlyAndLargerOnesBecomeDoubles) {
  EXPECT_EQ(Rewritten("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(Rewritten("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(ParseJson("9223372036854775808")->view().kind(), JsonKind::kDouble);
  EXPECT_EQ(ParseJson("9223372036854775808")->view().number(), 0x1p63);
  EXPECT_EQ(ParseJson("1.0")->view().kind(), JsonKind::kDouble);
}

TEST(JsonTest, DoublesAreReadAndWrittenToTheBit) {
  Random random(11);
  for (int i = 0; i < 20000; ++i) {
    const auto number = std::bit_cast<double>(random.Next());
    if (!std::isfinite(number)) continue;
    char text[64];
    std::snprintf(text, sizeof(text), "%.17g", number);
    const auto read = ParseJson(text);
    ASSERT_THAT(read, IsOk()) << text;
    ASSERT_EQ(read->view().number(), number) << text;
    ASSERT_EQ(ParseJson(WriteJson(*read))->view().number(), number) << text;
  }
  EXPECT_EQ(ParseJson("5e-324")->view().number(), std::numeric_limits<double>::denorm_min());
}

TEST(JsonTest, NumbersWithVeryManyDigitsAreReadRight) {
  EXPECT_THAT(ParseJson("0." + std::string(400, '0') + "1"),
              IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr("double")));
  EXPECT_EQ(ParseJson("18446744073709551615.5")->view().number(), 0x1p64);
  EXPECT_EQ(ParseJson("0." + std::string(300, '0') + "1e301")->view().number(), 1.0);
  EXPECT_EQ(ParseJson("1" + std::string(300, '0') + "e-300")->view().number(), 1.0);
  EXPECT_THAT(ParseJson("1" + std::string(400, '0')), IsError(ErrorCode::kInvalidArgument));
}

TEST(JsonTest, NumbersOutsideTheRangeOfADoubleAreErrors) {
  for (const char* text : {"1e400", "-1e400", "1e-400", "-1e-400"}) {
    EXPECT_THAT(ParseJson(text), IsError(ErrorCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(ParseJson("0e-400"), IsOk());
}

TEST(JsonTest, TextThatIsNotJsonIsAnErrorNamingTheByte) {
  for (const char* text :
       {"",   " ",       "{",         "}",      "[1,]",  "{\"a\":1,}", "{a:1}",    "'a'",
        "01", "1.",      "-",         "+1",     ".5",    "nan",        "Infinity", "tru",
        "\"", "\"\\x\"", "\"\\u12\"", "\"\t\"", "{} {}", "1 2",        "/**/1",    "\xef\xbb\xbf{}"}) {
    EXPECT_THAT(ParseJson(text), IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr("byte"))) << text;
  }
  EXPECT_THAT(ParseJson(std::string_view("{}\0", 3)),
              IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr("byte 2")));
  EXPECT_THAT(ParseJson(std::string_view("[1\0]", 4)), IsError(ErrorCode::kInvalidArgument));
}

TEST(JsonTest, MalformedUtf8AndHalfASurrogatePairAreErrors) {
  for (const char* text :
       {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "\"\\ud800\"",
        "\"\\udc00\"", "\"\\ud800\\u0041\"", "{\"\\udfff\":1}", "{\"\xff\":1}"}) {
    EXPECT_THAT(ParseJson(text), IsError(ErrorCode::kInvalidArgument)) << text;
  }
  EXPECT_EQ(ParseJson("\"\\ud83d\\ude00\"")->view().string(), "\U0001f600");
  EXPECT_EQ(ParseJson("\"\\u0000\"")->view().string(), std::string_view("\0", 1));
}

TEST(JsonTest, AKeyTwiceInOneObjectIsAnErrorHoweverItIsWritten) {
  EXPECT_THAT(ParseJson("{\"a\":1,\"b\":2,\"a\":3}"),
              IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr("\"a\"")));
  EXPECT_THAT(ParseJson("{\"a\":1,\"\\u0061\":3}"), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(ParseJson("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), IsOk());
}

TEST(JsonTest, NamesOfJavaScriptPropertiesArePlainKeys) {
  const std::string json =
      "{\"__proto__\":{\"x\":1},\"constructor\":2,\"prototype\":3,\"toString\":4,\"0\":5,\"\":6}";
  EXPECT_EQ(Rewritten(json), json);
}

TEST(JsonTest, TheDepthLimitIsExactAndItsErrorNamesIt) {
  EXPECT_THAT(ParseJson(Repeat("[", 64) + Repeat("]", 64)), IsOk());
  EXPECT_THAT(ParseJson(Repeat("[", 65) + Repeat("]", 65)),
              IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr("64")));
  EXPECT_THAT(ParseJson(Repeat("{\"a\":", 10000)),
              IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr("64")));
  EXPECT_THAT(ParseJson(Repeat("[", 1000000)), IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr("64")));
}

// Nothing walks a value by recursion, so depth is bounded by the limit alone.
TEST(JsonTest, AMillionLevelsCanBeReadWrittenAndDestroyedWhereTheLimitAllowsIt) {
  const std::string deep = Repeat("[", 1000000) + Repeat("]", 1000000);
  const auto value = ParseJson(deep, {.depth_max = 1000000});
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(WriteJson(*value), deep);
}

TEST(JsonTest, TooManyBytesAreAnErrorBeforeAnythingIsRead) {
  EXPECT_THAT(ParseJson("[1,2]", {.bytes_max = 4}),
              IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr("4")));
  EXPECT_THAT(ParseJson("[1,2]", {.bytes_max = 5}), IsOk());
}

TEST(JsonTest, ViewsStayValidWhenTheValueIsMoved) {
  JsonValue value = *ParseJson("{\"a\":\"text\"}");
  const JsonView view = value;
  const JsonValue moved = std::move(value);
  EXPECT_EQ((*view.members().begin()).value.string(), "text");
  EXPECT_EQ(moved.view().size(), 1u);
}

TEST(JsonTest, AContainerKnowsHowManyItHoldsNotHowDeep) {
  const JsonValue value = *ParseJson("{\"a\":[1,[2,3]],\"b\":{\"c\":{}}}");
  EXPECT_EQ(value.view().size(), 2u);
  EXPECT_EQ((*value.view().members().begin()).value.size(), 2u);
}

TEST(JsonTest, EqualityComparesNumbersByValueAndObjectsInAnyOrder) {
  const auto equal = [](const char* a, const char* b) { return JsonEquals(*ParseJson(a), *ParseJson(b)); };
  EXPECT_TRUE(equal("1", "1.0"));
  EXPECT_TRUE(equal("-0.0", "0"));
  EXPECT_TRUE(equal("{\"a\":1,\"b\":[2,{}]}", "{\"b\":[2.0,{}],\"a\":1}"));
  EXPECT_FALSE(equal("[1,2]", "[2,1]"));
  EXPECT_FALSE(equal("{\"a\":1}", "{\"b\":1}"));
  EXPECT_FALSE(equal("{\"a\":1}", "{\"a\":1,\"b\":1}"));
  EXPECT_FALSE(equal("1", "\"1\""));
  EXPECT_FALSE(equal("0", "false"));
  EXPECT_FALSE(equal("null", "false"));
}

TEST(JsonTest, MetadataIsAnObjectOrNothing) {
  EXPECT_THAT(CheckMetadata("{}"), IsOk());
  EXPECT_THAT(CheckMetadata(" {\"a\": [1]} "), IsOk());
  for (const char* text : {"[]", "1", "null", "\"{}\"", "{", " "}) {
    EXPECT_THAT(CheckMetadata(text), IsError(ErrorCode::kInvalidArgument)) << text;
  }
  EXPECT_EQ(ParseMetadata("")->view().size(), 0u);
}

TEST(JsonTest, AnObjectOfTenThousandKeysComesBackWhole) {
  std::string json = "{";
  for (int i = 0; i < 10000; ++i)
    json += (i ? ",\"key" : "\"key") + std::to_string(i) + "\":" + std::to_string(i);
  json += "}";
  EXPECT_EQ(Rewritten(json), json);
}

TEST(JsonTest, RandomBytesAndDamagedJsonNeverDoMoreThanFail) {
  Random random(5);
  const std::string sample = "{\"a\":[1,-2.5e10,\"x\\u00e9\\\"\",true,null],\"b\":{\"c\":{}}}";
  for (int i = 0; i < 20000; ++i) {
    std::string text = sample;
    for (size_t changes = 1 + random.Below(3); changes > 0; --changes) {
      text[random.Below(text.size())] = static_cast<char>(random.Below(256));
    }
    text.resize(random.Below(4) == 0 ? random.Below(text.size()) : text.size());
    const auto value = ParseJson(text);
    if (!value) continue;
    ASSERT_EQ(Rewritten(WriteJson(*value)), WriteJson(*value)) << text;
  }
}

TEST(JsonBuilderTest, ACopyIsTheSameValueInAnotherPlace) {
  const JsonValue source = *ParseJson("{\"a\":[1,{\"b\":\"text\"}]}");
  JsonBuilder builder;
  builder.StartArray();
  builder.String("before");
  builder.Copy(source);
  builder.Copy((*source.view().members().begin()).value);
  builder.EndArray();
  EXPECT_EQ(WriteJson(builder.Take()), "[\"before\",{\"a\":[1,{\"b\":\"text\"}]},[1,{\"b\":\"text\"}]]");
}

}  // namespace
}  // namespace strata
