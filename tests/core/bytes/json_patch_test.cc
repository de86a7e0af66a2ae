#include "bytes/json_patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "strata/record.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::HasSubstr;

struct Example {
  const char* target;
  const char* patch;
  const char* result;
};

// RFC 7396, appendix A, as far as target and patch are objects.
TEST(JsonPatchTest, TheExamplesOfTheStandardComeOutAsItSays) {
  constexpr Example kExamples[] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
      {R"({"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},"tags":["example","sample"],"content":"x"})",
       R"({"title":"Hello!","phoneNumber":"+01","author":{"familyName":null},"tags":["example"]})",
       R"({"title":"Hello!","author":{"givenName":"John"},"tags":["example"],"content":"x","phoneNumber":"+01"})"},
  };
  for (const Example& example : kExamples) {
    EXPECT_THAT(MergePatch(example.target, example.patch), IsOkAndHolds(example.result))
        << example.target << example.patch;
  }
}

TEST(JsonPatchTest, NullsWithinArraysAreValuesAndNotOrdersToRemove) {
  EXPECT_THAT(MergePatch("{}", R"({"a":[null,{"b":null}]})"), IsOkAndHolds(R"({"a":[null,{"b":null}]})"));
}

TEST(JsonPatchTest, AnObjectReplacesWhatIsNone) {
  EXPECT_THAT(MergePatch(R"({"a":1})", R"({"a":{"b":2,"c":null}})"), IsOkAndHolds(R"({"a":{"b":2}})"));
}

TEST(JsonPatchTest, EmptyTextCountsAsAnEmptyObject) {
  EXPECT_THAT(MergePatch("", R"({"a":1})"), IsOkAndHolds(R"({"a":1})"));
  EXPECT_THAT(MergePatch(R"({"a":1})", ""), IsOkAndHolds(R"({"a":1})"));
}

TEST(JsonPatchTest, WhatIsNoObjectIsAnError) {
  for (const char* bad : {"[]", "1", "null", "{", "{\"a\":1,\"a\":2}"}) {
    EXPECT_THAT(MergePatch(bad, "{}"), IsError(ErrorCode::kInvalidArgument)) << bad;
    EXPECT_THAT(MergePatch("{}", bad), IsError(ErrorCode::kInvalidArgument)) << bad;
  }
}

TEST(JsonPatchTest, AResultLargerThanMetadataMayBeIsAnError) {
  const std::string half(kMetadataBytesMax * 2 / 3, 'x');
  EXPECT_THAT(MergePatch("{\"a\":\"" + half + "\"}", "{\"b\":\"" + half + "\"}"),
              IsErrorSaying(ErrorCode::kInvalidArgument, HasSubstr(std::to_string(kMetadataBytesMax))));
}

TEST(JsonPatchTest, TenThousandKeysArePatchedInOneGo) {
  std::string target = "{\"x\":0", patch = "{\"y\":0", result = "{\"x\":0";
  for (int i = 0; i < 10000; ++i) {
    const std::string key = ",\"k" + std::to_string(i) + "\":";
    target += key + "1";
    patch += key + (i % 2 ? "null" : "2");
    if (i % 2 == 0) result += key + "2";
  }
  EXPECT_THAT(MergePatch(target + "}", patch + "}"), IsOkAndHolds(result + ",\"y\":0}"));
}

}  // namespace
}  // namespace strata
