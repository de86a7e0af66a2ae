// The attribute index against its slow twin, Matches(), on random documents and filters made so that they
// often meet: few keys, few values, all types at all paths, arrays, arrays of objects, keys with dots, long
// texts.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "filter/attribute_fixture.h"
#include "support/random.h"

namespace strata {
namespace {

class Generator {
 public:
  explicit Generator(Random* random) : random_(*random) {}

  std::string Scalar() {
    static const std::string kLong(300, 'x');
    static const std::vector<std::string> kScalars = {"null",
                                                      "true",
                                                      "false",
                                                      "0",
                                                      "-0.0",
                                                      "1",
                                                      "1.0",
                                                      "2.5",
                                                      "-7",
                                                      "1e300",
                                                      "9007199254740993",
                                                      "\"\"",
                                                      "\"a\"",
                                                      "\"ab\"",
                                                      "\"abc\"",
                                                      "\"b\"",
                                                      "\"\u00e9\"",
                                                      "\"1\"",
                                                      "\"" + kLong + "\"",
                                                      "\"" + kLong + "y\"",
                                                      "\"a" + kLong + "\"",
                                                      "\"" + std::string(256, 'x') + "\""};
    return kScalars[random_.Below(kScalars.size())];
  }

  std::string Value(int depth) {
    const size_t kind = random_.Below(10);
    if (kind < 6 || depth == 0) return Scalar();
    if (kind == 9) return Object(depth - 1);
    std::string array = "[";
    for (size_t i = random_.Below(4); i > 0; --i) array += Value(depth - 1) + (i > 1 ? "," : "");
    return array + "]";
  }

  std::string Object(int depth) {
    std::string object = "{";
    for (const char* key : {"a", "b", "a.b", "c", "b.c", ""}) {
      if (random_.Below(3) == 0)
        object += (object.size() > 1 ? ",\"" : "\"") + std::string(key) + "\":" + Value(depth);
    }
    return object + "}";
  }

  // A filter in either form.
  std::string Filter() { return random_.Below(2) == 0 ? Text(3) : ObjectFilter(3); }

 private:
  std::string Path() {
    static const std::vector<std::string> kPaths = {"a",   "b",   "c", "a.b", "a.b.c",  "a.c",
                                                    "b.a", "a.a", "",  "a.",  "missing"};
    return kPaths[random_.Below(kPaths.size())];
  }

  std::string List() {
    std::string list = "[";
    for (size_t i = random_.Below(5); i > 0; --i) list += Value(1) + (i > 1 ? "," : "");
    return list + "]";
  }

  std::string Ordered() {
    std::string scalar = Scalar();
    while (scalar == "null") scalar = Scalar();
    return scalar;
  }

  std::string Prefix() {
    std::string scalar = Scalar();
    while (scalar[0] != '"') scalar = Scalar();
    return scalar;
  }

  std::string Text(int depth) {
    const auto junction = [&](const std::string& word) {
      std::string joined = "(" + Text(depth - 1);
      for (size_t i = 1 + random_.Below(2); i > 0; --i) joined += word + Text(depth - 1);
      return joined + ")";
    };
    switch (depth == 0 ? 9 : random_.Below(12)) {
      case 0:
        return junction(" and ");
      case 1:
        return junction(" or ");
      case 2:
        return "not " + Text(depth - 1);
      default:
        break;
    }
    const std::string path = "`" + Path() + "` ";
    switch (random_.Below(11)) {
      case 0:
        return path + "!= " + Value(2);
      case 1:
        return path + "< " + Ordered();
      case 2:
        return path + "<= " + Ordered();
      case 3:
        return path + "> " + Ordered();
      case 4:
        return path + ">= " + Ordered();
      case 5:
        return path + "in " + List();
      case 6:
        return path + "not in " + List();
      case 7:
        return path + "exists";
      case 8:
        return path + "contains " + Value(2);
      case 9:
        return path + "startsWith " + Prefix();
      default:
        return path + "= " + Value(2);
    }
  }

  std::string ObjectFilter(int depth) {
    const auto junction = [&](const std::string& name) {
      std::string joined = "{\"" + name + "\":[" + ObjectFilter(depth - 1);
      for (size_t i = random_.Below(3); i > 0; --i) joined += "," + ObjectFilter(depth - 1);
      return joined + "]}";
    };
    switch (depth == 0 ? 9 : random_.Below(12)) {
      case 0:
        return junction("$and");
      case 1:
        return junction("$or");
      case 2:
        return "{\"$not\":" + ObjectFilter(depth - 1) + "}";
      default:
        break;
    }
    const std::string path = "{\"" + Path() + "\":";
    switch (random_.Below(12)) {
      case 0:
        return path + "{\"$ne\":" + Value(2) + "}}";
      case 1:
        return path + "{\"$lt\":" + Ordered() + ",\"$gte\":" + Ordered() + "}}";
      case 2:
        return path + "{\"$lte\":" + Ordered() + "}}";
      case 3:
        return path + "{\"$gt\":" + Ordered() + "}}";
      case 4:
        return path + "{\"$in\":" + List() + "}}";
      case 5:
        return path + "{\"$nin\":" + List() + "}}";
      case 6:
        return path + "{\"$exists\":" + (random_.Below(2) ? "true" : "false") + "}}";
      case 7:
        return path + "{\"$contains\":" + Value(2) + "}}";
      case 8:
        return path + "{\"$startsWith\":" + Prefix() + "}}";
      case 9:
        return path + "{\"$not\":{\"$contains\":" + Value(1) + "}}}";
      default:
        return path + Value(2) + "}";
    }
  }

  Random& random_;
};

void CheckAgainstTwin(uint64_t seed, size_t row_count, std::optional<std::vector<std::string>> indexed) {
  Random random(seed);
  Generator generator(&random);
  std::vector<std::string> rows;
  for (size_t i = 0; i < row_count; ++i) rows.push_back(random.Below(20) == 0 ? "" : generator.Object(3));
  MemoryEnv env;
  ASSERT_THAT(WriteAttributes(&env, rows, std::move(indexed)), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenAttributes(&env, rows.size()));
  RowsSource source(&rows);
  for (int i = 0; i < 60; ++i) {
    const std::string filter = generator.Filter();
    const auto expression = ParseFilter(filter);
    ASSERT_THAT(expression, IsOk()) << filter;
    if (*expression == nullptr) continue;
    STRATA_ASSERT_OK_AND_ASSIGN(const RowBitmap selected, index->Select(**expression, source));
    ASSERT_EQ(selected, MatchingRows(**expression, rows)) << filter;

    const std::string canonical = ToString(**expression);
    const auto again = ParseFilter(canonical);
    ASSERT_THAT(again, IsOk()) << filter;
    ASSERT_NE(*again, nullptr) << filter;
    ASSERT_EQ(ToString(**again), canonical) << filter;
    ASSERT_EQ(MatchingRows(**again, rows), selected) << filter;
  }
  EXPECT_EQ(index->damage(), std::nullopt);
}

TEST(AttributeTwinTest, SelectEqualsEvaluatingEveryRow) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    ASSERT_NO_FATAL_FAILURE(CheckAgainstTwin(seed, 40 + seed * 3, std::nullopt)) << seed;
  }
}

TEST(AttributeTwinTest, SelectEqualsEvaluatingEveryRowAlsoWhereSomePathsAreNotIndexed) {
  for (uint64_t seed = 101; seed <= 130; ++seed) {
    ASSERT_NO_FATAL_FAILURE(CheckAgainstTwin(seed, 50, {{"a", "a.b"}})) << seed;
  }
}

}  // namespace
}  // namespace strata
