#include "filter/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// The canonical text of a filter, "everything" for null, or the error's message.
std::string Canonical(std::string_view filter) {
  const auto parsed = ParseFilter(filter);
  if (!parsed) return "error: " + parsed.error().message();
  return *parsed ? ToString(**parsed) : "everything";
}

std::string Repeat(std::string_view part, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += part;
  return all;
}

struct SameFilter {
  const char* object;
  const char* text;
  const char* canonical;
};

TEST(FilterTest, BothFormsGiveTheSameTree) {
  constexpr SameFilter kFilters[] = {
      {R"({"a":1})", "a = 1", "a = 1"},
      {R"({"a":{"$eq":"x"}})", "a == 'x'", "a = \"x\""},
      {R"({"a":{"$ne":null}})", "a <> NULL", "a != null"},
      {R"({"a":{"$gte":1,"$lt":2.5}})", "a >= 1 and a < 2.5", "a >= 1 and a < 2.5"},
      {R"({"a":{"$gt":"m","$lte":true}})", "a > \"m\" AND a <= True", "a > \"m\" and a <= true"},
      {R"({"a":{"$in":[2,"x",1,null]}})", "a in [2, 'x', 1, null]", "a in [null,1,2,\"x\"]"},
      {R"({"a":{"$nin":[]}})", "a not in []", "a not in []"},
      {R"({"a":{"$exists":true}})", "a exists", "a exists"},
      {R"({"a":{"$exists":false}})", "not a exists", "a not exists"},
      {R"({"a":{"$contains":"x"}})", "a contains 'x'", "a contains \"x\""},
      {R"({"a":{"$not":{"$contains":5}}})", "a not contains 5", "a not contains 5"},
      {R"({"a":{"$startsWith":"x"}})", "a startsWith 'x'", "a startsWith \"x\""},
      {R"({"a":[1,[2]]})", "a = [1, [2]]", "a = [1,[2]]"},
      {R"({"a":{"b":1}})", "a = {'b': 1}", "a = {\"b\":1}"},
      {R"({"a":{}})", "a = {}", "a = {}"},
      {R"({"a.b":1,"c":2})", "a.b = 1 and c = 2", "a.b = 1 and c = 2"},
      {R"({"$or":[{"a":1,"b":2},{"c":3}]})", "a=1 and b=2 or c=3", "(a = 1 and b = 2) or c = 3"},
      {R"({"$and":[{"a":1},{"$and":[{"b":2},{"c":3}]}]})", "a=1 and (b=2 and c=3)",
       "a = 1 and b = 2 and c = 3"},
      {R"({"$not":{"a":1,"b":2}})", "not (a = 1 and b = 2)", "not (a = 1 and b = 2)"},
      {R"({"$not":{"$not":{"a":1}}})", "not not a = 1", "a = 1"},
      {R"({"$not":{"a":{"$gt":5}}})", "not a > 5", "not a > 5"},
      {R"({"a":{"$not":{"$ne":5}}})", "not a != 5", "a = 5"},
      {R"({"$or":[{"a":1}]})", "(a = 1)", "a = 1"},
      {R"({"$not":{}})", "not true", "not true"},
      {R"({"$and":[{},{"a":1}]})", "true and a = 1", "a = 1"},
      {R"({"my key":1})", "`my key` = 1", "`my key` = 1"},
      {R"({"not":1})", "`not` = 1", "`not` = 1"},
      {R"({"a`\"\n":1})", "`a\\`\"\n` = 1", "`a\\`\\\"\\n` = 1"},
      {R"({"":"it's"})", "`` = 'it\\'s'", "`` = \"it's\""},
      {R"({"größe":"é\t"})", "größe = '\\u00e9\t'", "größe = \"é\\t\""},
      {R"({"__proto__":{"$gt":-1e300}})", "__proto__ > -1e300", "__proto__ > -1e+300"},
  };
  for (const SameFilter& filter : kFilters) {
    EXPECT_EQ(Canonical(filter.object), filter.canonical);
    EXPECT_EQ(Canonical(filter.text), filter.canonical);
    EXPECT_EQ(Canonical(filter.canonical), filter.canonical);
  }
}

TEST(FilterTest, AFilterThatLetsEverythingThroughIsNull) {
  for (const char* filter :
       {"", " \n\t", "{}", " { } ", "true", "not not true", "{\"$and\":[{}]}", "{\"$or\":[{\"a\":1},{}]}"}) {
    EXPECT_EQ(Canonical(filter), "everything") << filter;
  }
}

TEST(FilterTest, AndBindsMoreTightlyThanOrAndNotMoreTightlyThanAnd) {
  EXPECT_EQ(Canonical("a=1 or b=2 and not c=3 or d=4"), "a = 1 or (b = 2 and c != 3) or d = 4");
  EXPECT_EQ(Canonical("(a=1 or b=2) and c=3"), "(a = 1 or b = 2) and c = 3");
}

TEST(FilterTest, MistakesInTextAreNamedWithTheirPlace) {
  EXPECT_THAT(Canonical("year like 3"),
              AllOf(HasSubstr("byte 5"), HasSubstr("found like"), HasSubstr("startsWith")));
  EXPECT_THAT(Canonical("a = foo"), AllOf(HasSubstr("byte 4"), HasSubstr("found foo"), HasSubstr("quotes")));
  EXPECT_THAT(Canonical("a ="), AllOf(HasSubstr("byte 3"), HasSubstr("found the end")));
  EXPECT_THAT(Canonical("(a = 1"), AllOf(HasSubstr("byte 6"), HasSubstr("expected and, or, or )")));
  EXPECT_THAT(Canonical("a = 1)"), HasSubstr("found )"));
  EXPECT_THAT(Canonical("a = 'x"), AllOf(HasSubstr("byte 4"), HasSubstr("closing '")));
  EXPECT_THAT(Canonical("a = '\\x'"), HasSubstr("byte 4"));
  EXPECT_THAT(Canonical("a = '\\ud800'"), HasSubstr("surrogate"));
  EXPECT_THAT(Canonical("a = 007"), HasSubstr("007"));
  EXPECT_THAT(Canonical("a = 12abc"), HasSubstr("12abc"));
  EXPECT_THAT(Canonical("a = [1,]"), HasSubstr("found ]"));
  EXPECT_THAT(Canonical("a = {'b':1,'b':2}"), HasSubstr("twice"));
  EXPECT_THAT(Canonical("a in 3"), HasSubstr("expected ["));
  EXPECT_THAT(Canonical("a startsWith 3"), HasSubstr("text in quotes"));
  EXPECT_THAT(Canonical("a > null"), HasSubstr("expected a number"));
  EXPECT_THAT(Canonical("and = 1"), HasSubstr("backticks"));
  EXPECT_THAT(Canonical("a = 1 ; drop"), HasSubstr("byte 6"));
  EXPECT_THAT(Canonical("a = 1 and"), HasSubstr("found the end"));
  EXPECT_THAT(Canonical("[1]"), HasSubstr("found ["));
}

TEST(FilterTest, MistakesInObjectsAreNamedWithTheirPath) {
  EXPECT_THAT(Canonical(R"({"$or":[{"a":1},{"b":{"$foo":3}}]})"),
              AllOf(HasSubstr("filter.$or[1].b"), HasSubstr("$foo"), HasSubstr("$eq, $ne"),
                    HasSubstr("$startsWith")));
  EXPECT_THAT(Canonical(R"({"$nor":[]})"), AllOf(HasSubstr("$nor"), HasSubstr("$and, $or, $not")));
  EXPECT_THAT(Canonical(R"({"a":{"$gt":1,"b":2}})"), HasSubstr("unknown operator b"));
  EXPECT_THAT(Canonical(R"({"a":{"b":2,"$gt":1}})"), HasSubstr("unknown operator b"));
  EXPECT_THAT(Canonical(R"({"a":{"$gt":null}})"), AllOf(HasSubstr("filter.a.$gt"), HasSubstr("found null")));
  EXPECT_THAT(Canonical(R"({"a":{"$in":1}})"), HasSubstr("expected an array, found 1"));
  EXPECT_THAT(Canonical(R"({"a":{"$exists":1}})"), HasSubstr("expected true or false"));
  EXPECT_THAT(Canonical(R"({"a":{"$startsWith":["x"]}})"), HasSubstr("expected a string, found an array"));
  EXPECT_THAT(Canonical(R"({"$and":{}})"), HasSubstr("expected an array of objects"));
  EXPECT_THAT(Canonical(R"({"$and":[]})"), HasSubstr("at least one"));
  EXPECT_THAT(Canonical(R"({"$and":[1]})"), HasSubstr("filter.$and[0]"));
  EXPECT_THAT(Canonical(R"({"a":1)"), HasSubstr("byte 6"));
  EXPECT_THAT(Canonical(R"({"a":1,"a":2})"), HasSubstr("twice"));
}

TEST(FilterTest, EveryErrorIsInvalidArgument) {
  for (const char* filter : {"a", "{", "{\"$x\":1}", "\xff", "a = \"\xff\"", "{\"a\":\"\xc0\x80\"}"}) {
    EXPECT_THAT(ParseFilter(filter), IsError(ErrorCode::kInvalidArgument)) << filter;
  }
}

TEST(FilterTest, SixtyFourLevelsAreReadAndTenThousandAreAnError) {
  EXPECT_EQ(Canonical(Repeat("(", 64) + "a = 1" + Repeat(")", 64)), "a = 1");
  EXPECT_THAT(Canonical(Repeat("(", 65) + "a = 1" + Repeat(")", 65)), HasSubstr("64"));
  EXPECT_EQ(Canonical(Repeat("not ", 64) + "a = 1"), "a = 1");
  EXPECT_THAT(Canonical(Repeat("not ", 10000) + "a = 1"), HasSubstr("64"));
  EXPECT_THAT(Canonical(Repeat("(", 10000)), HasSubstr("64"));
  EXPECT_THAT(Canonical("a = " + Repeat("[", 10000)), HasSubstr("nested"));

  const auto nested = [](std::string_view begin, std::string_view end, size_t depth) {
    return Canonical(Repeat(begin, depth) + "{\"a\":1}" + Repeat(end, depth));
  };
  for (const auto& [begin, end] : {std::pair("{\"$and\":[", "]}"), std::pair("{\"$not\":", "}")}) {
    EXPECT_EQ(nested(begin, end, 64), "a = 1");
    EXPECT_THAT(nested(begin, end, 65), HasSubstr("64 deep"));
    EXPECT_THAT(nested(begin, end, 10000), HasSubstr("deep"));
  }
  EXPECT_THAT(Canonical("{\"a\":" + Repeat("{\"$not\":", 10000)), HasSubstr("deep"));
}

// As deep as a filter may be with operators on fields, written out again: the text nests no deeper than the
// tree.
TEST(FilterTest, TheDeepestTreeReadsBackFromItsText) {
  std::string filter = "{\"x\":0}";
  for (int i = 0; i < 32; ++i) {
    filter = "{\"$or\":[{\"a\":1},{\"$and\":[{\"b\":2}," + filter + "]}]}";
  }
  const std::string canonical = Canonical(filter);
  ASSERT_THAT(canonical, testing::Not(HasSubstr("error")));
  EXPECT_EQ(Canonical(canonical), canonical);
}

TEST(FilterTest, AMegabyteIsReadAndMoreIsAnError) {
  const auto filled = [](std::string filter, std::string_view part, std::string_view end) {
    while (filter.size() + part.size() + end.size() <= kFilterBytesMax) filter += part;
    return filter + std::string(end);
  };
  EXPECT_THAT(ParseFilter(filled("a=1", " or a=1", "")), IsOk());
  EXPECT_THAT(ParseFilter(filled("a in [0", ",1", "]")), IsOk());
  EXPECT_THAT(ParseFilter(filled("a = '", "x", "'")), IsOk());
  EXPECT_THAT(ParseFilter(filled("{\"$or\":[{}", ",{\"a\":{\"$ne\":1}}", "]}")), IsOk());
  EXPECT_THAT(ParseFilter(filled("", " ", "")), IsOk());
  EXPECT_THAT(ParseFilter(filled("", "\\", "")), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(ParseFilter(filled("a = '", "\\'", "")), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(ParseFilter(std::string(kFilterBytesMax + 1, ' ')), IsError(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace strata
