#include "filter/evaluate.h"

#include <gtest/gtest.h>

#include <string>

#include "support/result_matchers.h"

namespace strata {
namespace {

bool Passes(std::string_view filter, std::string_view metadata) {
  const auto expression = ParseFilter(filter);
  const auto value = ParseMetadata(metadata);
  EXPECT_THAT(expression, IsOk()) << filter;
  EXPECT_THAT(value, IsOk()) << metadata;
  return Matches(**expression, *value);
}

TEST(MatchesTest, EqualityIsOfTypeAndValue) {
  EXPECT_TRUE(Passes("a = 1", R"({"a":1.0})"));
  EXPECT_TRUE(Passes("a = 'x'", R"({"a":"x"})"));
  EXPECT_TRUE(Passes("a = false", R"({"a":false})"));
  EXPECT_FALSE(Passes("a = 1", R"({"a":"1"})"));
  EXPECT_FALSE(Passes("a = 1", R"({"a":true})"));
  EXPECT_FALSE(Passes("a = 0", R"({"a":null})"));
  EXPECT_FALSE(Passes("a = 1", R"({})"));
}

TEST(MatchesTest, IntegersBeyond2To53CompareAsDoublesLikeInJavaScript) {
  EXPECT_TRUE(Passes("a = 9007199254740993", R"({"a":9007199254740992})"));
}

TEST(MatchesTest, AnArrayMatchesIfAnElementDoesOrTheWholeIsEqual) {
  EXPECT_TRUE(Passes("a = 'x'", R"({"a":["y","x"]})"));
  EXPECT_TRUE(Passes("a > 5", R"({"a":[1,9]})"));
  EXPECT_TRUE(Passes("a startsWith 'x'", R"({"a":[1,"xy"]})"));
  EXPECT_TRUE(Passes("a = [1,2]", R"({"a":[1,2]})"));
  EXPECT_TRUE(Passes("a = [1,2]", R"({"a":[[1,2],3]})"));
  EXPECT_FALSE(Passes("a = [1,2]", R"({"a":[2,1]})"));
  EXPECT_FALSE(Passes("a = [1,2]", R"({"a":[1,2,3]})"));
  EXPECT_FALSE(Passes("a = 1", R"({"a":[[1]]})"));
  EXPECT_TRUE(Passes("a = []", R"({"a":[]})"));
  EXPECT_FALSE(Passes("a = 1", R"({"a":[]})"));
}

// Both conditions may be met by different elements, as in MongoDB.
TEST(MatchesTest, TwoConditionsOnAnArrayMayBeMetByDifferentElements) {
  EXPECT_TRUE(Passes("a > 5 and a < 2", R"({"a":[1,9]})"));
}

TEST(MatchesTest, ObjectsAreEqualInAnyOrderOfTheirMembers) {
  EXPECT_TRUE(Passes(R"({"a":{"x":1,"y":2}})", R"({"a":{"y":2,"x":1}})"));
  EXPECT_FALSE(Passes(R"({"a":{"x":1}})", R"({"a":{"y":2,"x":1}})"));
  EXPECT_TRUE(Passes(R"({"a":{}})", R"({"a":{}})"));
}

TEST(MatchesTest, OrderIsAmongLikeTypesOnly) {
  EXPECT_TRUE(Passes("a >= 5", R"({"a":5})"));
  EXPECT_FALSE(Passes("a > 5", R"({"a":5})"));
  EXPECT_FALSE(Passes("a > 5", R"({"a":"6"})"));
  EXPECT_FALSE(Passes("a < 5", R"({"a":null})"));
  EXPECT_FALSE(Passes("a < 5", R"({})"));
  EXPECT_TRUE(Passes("a < true", R"({"a":false})"));
  EXPECT_FALSE(Passes("a < true", R"({"a":0})"));
}

TEST(MatchesTest, TextsAreOrderedByTheirUtf8Bytes) {
  EXPECT_TRUE(Passes("a > 'Z'", R"({"a":"a"})"));
  EXPECT_TRUE(Passes("a > 'z'", R"({"a":"é"})"));
  EXPECT_TRUE(Passes("a < 'ab'", R"({"a":"a"})"));
  EXPECT_TRUE(Passes("a > '\uffff'", R"({"a":"😀"})"));  // In UTF-16 it would be less.
}

TEST(MatchesTest, NullMatchesNullAndWhatIsMissing) {
  EXPECT_TRUE(Passes("a = null", R"({"a":null})"));
  EXPECT_TRUE(Passes("a = null", R"({})"));
  EXPECT_TRUE(Passes("a = null", R"({"a":[1,null]})"));
  EXPECT_TRUE(Passes("a in [1, null]", R"({"b":1})"));
  EXPECT_TRUE(Passes("a.b = null", R"({"a":1})"));
  EXPECT_FALSE(Passes("a = null", R"({"a":[]})"));
  EXPECT_FALSE(Passes("a = null", R"({"a":0})"));
  EXPECT_TRUE(Passes("a != null", R"({"a":0})"));
}

TEST(MatchesTest, ExistsIsTrueOfNull) {
  EXPECT_TRUE(Passes("a exists", R"({"a":null})"));
  EXPECT_TRUE(Passes("a exists", R"({"a":[]})"));
  EXPECT_FALSE(Passes("a exists", R"({"b":1})"));
}

TEST(MatchesTest, NegativeFormsAreTheComplementOfTheirPositiveForms) {
  EXPECT_TRUE(Passes("a != 1", R"({})"));
  EXPECT_TRUE(Passes("a not in [1,2]", R"({})"));
  EXPECT_FALSE(Passes("a != 1", R"({"a":[1,2]})"));
  EXPECT_TRUE(Passes(R"({"a":{"$not":{"$gt":5}}})", R"({"a":"text"})"));
}

TEST(MatchesTest, InMatchesAnyOfItsChoices) {
  EXPECT_TRUE(Passes("a in ['x', 3, [1], {'k': 1}]", R"({"a":3})"));
  EXPECT_TRUE(Passes("a in ['x', 3, [1], {'k': 1}]", R"({"a":[1]})"));
  EXPECT_TRUE(Passes("a in ['x', 3, [1], {'k': 1}]", R"({"a":[0,{"k":1}]})"));
  EXPECT_FALSE(Passes("a in ['x', 3]", R"({"a":"3"})"));
  EXPECT_FALSE(Passes("a in []", R"({"a":3})"));
}

TEST(MatchesTest, ContainsLooksForAnElementOrASubstring) {
  EXPECT_TRUE(Passes("a contains 'db'", R"({"a":["x","db"]})"));
  EXPECT_FALSE(Passes("a contains 'db'", R"({"a":["dbx"]})"));
  EXPECT_TRUE(Passes("a contains 'db'", R"({"a":"a dbx"})"));
  EXPECT_FALSE(Passes("a contains 'DB'", R"({"a":"a dbx"})"));
  EXPECT_TRUE(Passes("a contains ''", R"({"a":"x"})"));
  EXPECT_TRUE(Passes("a contains 5", R"({"a":[5]})"));
  EXPECT_FALSE(Passes("a contains 5", R"({"a":5})"));
  EXPECT_FALSE(Passes("a contains null", R"({})"));
  EXPECT_TRUE(Passes("a contains [1]", R"({"a":[[1]]})"));
}

TEST(MatchesTest, APathReachesIntoObjectsAndThroughArraysOfObjects) {
  EXPECT_TRUE(Passes("a.b.c = 1", R"({"a":{"b":{"c":1}}})"));
  EXPECT_TRUE(Passes("a.b = 1", R"({"a":[{"b":0},{"b":1}]})"));
  EXPECT_TRUE(Passes("a.b = 1", R"({"a":[{"b":[0,1]}]})"));
  EXPECT_FALSE(Passes("a.b = 1", R"({"a":[[{"b":1}]]})"));
  EXPECT_FALSE(Passes("a.0 = 1", R"({"a":[1]})"));
  EXPECT_TRUE(Passes("a.0 = 1", R"({"a":{"0":1}})"));
}

TEST(MatchesTest, AKeyWithADotInItIsReachedAsWell) {
  EXPECT_TRUE(Passes("a.b = 1", R"({"a.b":1})"));
  EXPECT_TRUE(Passes("a.b.c = 1", R"({"a":{"b.c":1}})"));
  EXPECT_TRUE(Passes("a.b.c = 1", R"({"a.b":{"c":1}})"));
  EXPECT_TRUE(Passes("a.b = 2", R"({"a":{"b":1},"a.b":2})"));
  EXPECT_TRUE(Passes("`.` = 1", R"({"":{"":1}})"));
  EXPECT_TRUE(Passes("`` = 1", R"({"":1})"));
}

TEST(MatchesTest, NamesOfJavaScriptPropertiesAreOrdinaryKeys) {
  EXPECT_TRUE(Passes("__proto__.x = 1", R"({"__proto__":{"x":1}})"));
  EXPECT_FALSE(Passes("constructor exists", R"({})"));
}

}  // namespace
}  // namespace strata
