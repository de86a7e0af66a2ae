#include "filter/evaluate.h"

#include <algorithm>
#include <cassert>
#include <string_view>

namespace strata {
namespace {

using Kind = Expression::Kind;

bool IsOneOf(JsonView value, const std::vector<JsonView>& choices) {
  const auto scalars_end = std::partition_point(choices.begin(), choices.end(),
                                                [](JsonView choice) { return !choice.is_container(); });
  if (value.is_container()) {
    return std::any_of(scalars_end, choices.end(),
                       [&](JsonView choice) { return JsonEquals(value, choice); });
  }
  return std::binary_search(choices.begin(), scalars_end, value,
                            [](JsonView a, JsonView b) { return CompareScalars(a, b) < 0; });
}

bool AreOrdered(JsonView a, JsonView b) {
  return (a.is_number() && b.is_number()) ||
         (a.kind() == b.kind() && (a.kind() == JsonKind::kString || a.kind() == JsonKind::kBool));
}

// The test of one value, or of one element of a value that is an array.
bool TestOne(const Expression& test, JsonView value) {
  const JsonView operand = test.operand;
  const auto order = [&] { return CompareScalars(value, operand); };
  switch (test.kind) {
    case Kind::kEqual:
      return JsonEquals(value, operand);
    case Kind::kLess:
      return AreOrdered(value, operand) && order() < 0;
    case Kind::kLessOrEqual:
      return AreOrdered(value, operand) && order() <= 0;
    case Kind::kGreater:
      return AreOrdered(value, operand) && order() > 0;
    case Kind::kGreaterOrEqual:
      return AreOrdered(value, operand) && order() >= 0;
    case Kind::kIn:
      return IsOneOf(value, test.choices);
    case Kind::kStartsWith:
      return value.kind() == JsonKind::kString && value.string().starts_with(operand.string());
    default:
      break;
  }
  assert(false);
  return false;
}

bool TestValue(const Expression& test, JsonView value) {
  if (test.kind == Kind::kExists) return true;
  const bool is_array = value.kind() == JsonKind::kArray;
  if (test.kind == Kind::kContains) {
    const JsonView operand = test.operand;
    if (!is_array) {
      return value.kind() == JsonKind::kString && operand.kind() == JsonKind::kString &&
             value.string().find(operand.string()) != std::string_view::npos;
    }
    return std::ranges::any_of(value.elements(),
                               [&](JsonView element) { return JsonEquals(element, operand); });
  }
  if (TestOne(test, value)) return true;
  return is_array &&
         std::ranges::any_of(value.elements(), [&](JsonView element) { return TestOne(test, element); });
}

// Whether a value of `object` at `path` passes. Each object within is visited at most once, as the keys that
// lead to it are a part of the path, and recursion is bounded by the depth that metadata may have.
bool AnyValue(const Expression& test, JsonView object, std::string_view path) {
  for (const auto& [key, value] : object.members()) {
    if (key == path) {
      if (TestValue(test, value)) return true;
      continue;
    }
    if (path.size() <= key.size() || path[key.size()] != '.' || !path.starts_with(key)) continue;
    const std::string_view rest = path.substr(key.size() + 1);
    const auto passes = [&](JsonView inner) {
      return inner.kind() == JsonKind::kObject && AnyValue(test, inner, rest);
    };
    if (passes(value)) return true;
    if (value.kind() == JsonKind::kArray && std::ranges::any_of(value.elements(), passes)) return true;
  }
  return false;
}

bool AcceptsNull(const Expression& test) {
  if (test.kind == Kind::kEqual) return test.operand.view().kind() == JsonKind::kNull;
  return test.kind == Kind::kIn && !test.choices.empty() && test.choices.front().kind() == JsonKind::kNull;
}

}  // namespace

bool Matches(const Expression& expression, const JsonValue& metadata) {
  const auto matches = [&](const Expression& child) { return Matches(child, metadata); };
  switch (expression.kind) {
    case Kind::kAnd:
      return std::ranges::all_of(expression.children, matches);
    case Kind::kOr:
      return std::ranges::any_of(expression.children, matches);
    case Kind::kNot:
      return !matches(expression.children.front());
    default:
      break;
  }
  if (AnyValue(expression, metadata, expression.path)) return true;
  return AcceptsNull(expression) && !AnyValue(MakeTest(Kind::kExists, {}), metadata, expression.path);
}

}  // namespace strata
