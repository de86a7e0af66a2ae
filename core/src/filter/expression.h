#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/json.h"
#include "strata/result.h"

namespace strata {

inline constexpr uint32_t kFilterDepthMax = 64;  // Parentheses, $and, $or and $not within each other.
inline constexpr size_t kFilterBytesMax = 1u << 20;

// A condition on a record's metadata, as a tree. docs/api-filters.md tells users what each part means,
// evaluate.h tells us. Both written forms give the same tree, which the Make functions below keep in one
// shape: $ne, $nin and { $exists: false } are a kNot; an And within an And (an Or within an Or) is one; a
// double negation is none.
struct Expression {
  enum class Kind : uint8_t {
    kAnd,    // All of `children`; none: true.
    kOr,     // Any of `children`, at least two.
    kNot,    // Not the only child.
    kEqual,  // The rest test the values at `path`, against `operand` but for kExists.
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kIn,
    kExists,
    kContains,
    kStartsWith,
  };

  Kind kind = Kind::kAnd;
  std::vector<Expression> children = {};
  std::string path = {};   // Names of members, with dots between them.
  JsonValue operand = {};  // kIn: an array.
  std::vector<JsonView> choices =
      {};  // kIn: the elements of `operand`, scalars first, these ascending by CompareScalars().

  Expression() = default;
  Expression(Expression&&) = default;
  Expression& operator=(Expression&&) = default;  // Not copied: `choices` points into `operand`.
};

// Reads a filter in either form: an object ({"year": {"$gte": 1990}}) if its first character is a brace, else
// text (year >= 1990). Null, which matches everything, for a blank text, {} and what comes to the same
// ({"$and": [{}]}). kInvalidArgument names position (text) or path (object), what was found and what was
// expected. O(bytes log bytes).
Result<std::shared_ptr<const Expression>> ParseFilter(std::string_view filter);

// The tree as text in one canonical way, which ParseFilter() reads back to the same tree.
std::string ToString(const Expression& expression);

// Whether `expression` is the And of nothing.
bool MatchesEverything(const Expression& expression);

// Orders null < false < true < numbers by value < strings by their bytes; -1, 0 or 1. Neither is an array or
// object.
int CompareScalars(JsonView a, JsonView b);

// The ways to make a node, keeping to the shape above. `operand` is of the kind that `kind` wants.
Expression MakeAnd(std::vector<Expression> children);
Expression MakeOr(std::vector<Expression> children);
Expression MakeNot(Expression child);
Expression MakeTest(Expression::Kind kind, std::string path, JsonValue operand = {});

}  // namespace strata
