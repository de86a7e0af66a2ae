#include <string>
#include <string_view>
#include <utility>

#include "bytes/json_builder.h"
#include "filter/expression.h"
#include "filter/filter_lexer.h"

namespace strata {
namespace {

using Kind = Expression::Kind;

std::string PathText(std::string_view path) {
  if (IsBareName(path)) return std::string(path);
  JsonBuilder builder;
  builder.String(path);
  const std::string json = WriteJson(builder.Take());
  std::string quoted = "`";
  for (const char c : std::string_view(json).substr(1, json.size() - 2)) {
    if (c == '`') quoted += '\\';
    quoted += c;
  }
  return quoted + "`";
}

std::string ChoicesText(const std::vector<JsonView>& choices) {
  JsonBuilder builder;
  builder.StartArray();
  for (const JsonView choice : choices) builder.Copy(choice);
  builder.EndArray();
  return WriteJson(builder.Take());
}

std::string TestText(const Expression& test, bool negated) {
  const std::string path = PathText(test.path);
  const std::string with_not = path + (negated ? " not" : "");
  switch (test.kind) {
    case Kind::kExists:
      return with_not + " exists";
    case Kind::kContains:
      return with_not + " contains " + WriteJson(test.operand);
    case Kind::kStartsWith:
      return with_not + " startsWith " + WriteJson(test.operand);
    case Kind::kIn:
      return with_not + " in " + ChoicesText(test.choices);
    case Kind::kEqual:
      return path + (negated ? " != " : " = ") + WriteJson(test.operand);
    default:
      break;
  }
  const std::string_view symbol = test.kind == Kind::kLess          ? " < "
                                  : test.kind == Kind::kLessOrEqual ? " <= "
                                  : test.kind == Kind::kGreater     ? " > "
                                                                    : " >= ";
  return (negated ? "not " : "") + path + std::string(symbol) + WriteJson(test.operand);
}

bool IsJunction(const Expression& expression) {
  return expression.kind == Kind::kAnd || expression.kind == Kind::kOr;
}

// Recursion is bounded by kFilterDepthMax.
std::string Text(const Expression& expression, bool negated) {
  if (expression.kind == Kind::kNot) return Text(expression.children.front(), true);
  if (!IsJunction(expression)) return TestText(expression, negated);
  if (MatchesEverything(expression)) return negated ? "not true" : "true";

  std::string joined;
  for (const Expression& child : expression.children) {
    if (!joined.empty()) joined += expression.kind == Kind::kAnd ? " and " : " or ";
    const std::string text = Text(child, false);
    joined += IsJunction(child) ? "(" + text + ")" : text;
  }
  return negated ? "not (" + joined + ")" : joined;
}

}  // namespace

std::string ToString(const Expression& expression) { return Text(expression, false); }

}  // namespace strata
