#include "filter/expression.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "bytes/heap_sort.h"
#include "bytes/utf8.h"
#include "filter/filter_object.h"
#include "filter/filter_text.h"

namespace strata {

Result<std::shared_ptr<const Expression>> ParseFilter(std::string_view filter) {
  if (filter.size() > kFilterBytesMax) {
    return Fail(ErrorCode::kInvalidArgument,
                {"filter has ", filter.size(), " bytes, at most ", kFilterBytesMax, " are allowed"});
  }
  if (!IsUtf8(filter)) return Fail(ErrorCode::kInvalidArgument, "filter is not valid UTF-8");
  const size_t start = filter.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return nullptr;
  STRATA_ASSIGN_OR_RETURN(Expression && expression,
                          filter[start] == '{' ? ParseFilterObject(filter) : ParseFilterText(filter));
  if (MatchesEverything(expression)) return nullptr;
  return std::make_shared<const Expression>(std::move(expression));
}

bool MatchesEverything(const Expression& expression) {
  return expression.kind == Expression::Kind::kAnd && expression.children.empty();
}

int CompareScalars(JsonView a, JsonView b) {
  const auto rank = [](JsonView value) {
    return value.is_number()                   ? 2
           : value.kind() == JsonKind::kString ? 3
           : value.kind() == JsonKind::kBool   ? 1
                                               : 0;
  };
  const auto order = [](const auto& left, const auto& right) {
    return left < right ? -1 : right < left ? 1 : 0;
  };
  if (rank(a) != rank(b)) return order(rank(a), rank(b));
  if (a.is_number()) return order(a.number(), b.number());
  if (a.kind() == JsonKind::kString) return order(a.string(), b.string());
  if (a.kind() == JsonKind::kBool) return order(a.boolean(), b.boolean());
  return 0;
}

namespace {

// The And or the Or of `children`.
Expression MakeJunction(Expression::Kind kind, std::vector<Expression> children) {
  Expression junction;
  junction.kind = kind;
  for (Expression& child : children) {
    if (child.kind == kind) {
      std::ranges::move(child.children, std::back_inserter(junction.children));
    } else {
      junction.children.push_back(std::move(child));
    }
  }
  if (junction.children.size() != 1) return junction;
  Expression only = std::move(junction.children.front());
  return only;
}

}  // namespace

Expression MakeAnd(std::vector<Expression> children) {
  return MakeJunction(Expression::Kind::kAnd, std::move(children));
}

Expression MakeOr(std::vector<Expression> children) {
  const auto everything = std::ranges::find_if(children, MatchesEverything);
  if (everything != children.end()) return std::move(*everything);
  return MakeJunction(Expression::Kind::kOr, std::move(children));
}

Expression MakeNot(Expression child) {
  if (child.kind == Expression::Kind::kNot) {
    Expression positive = std::move(child.children.front());
    return positive;
  }
  Expression negation;
  negation.kind = Expression::Kind::kNot;
  negation.children.push_back(std::move(child));
  return negation;
}

Expression MakeTest(Expression::Kind kind, std::string path, JsonValue operand) {
  Expression test;
  test.kind = kind;
  test.path = std::move(path);
  test.operand = std::move(operand);
  if (kind != Expression::Kind::kIn) return test;

  const auto elements = test.operand.view().elements();
  for (const JsonView choice : elements) {
    if (!choice.is_container()) test.choices.push_back(choice);
  }
  const auto is_less = [](JsonView a, JsonView b) { return CompareScalars(a, b) < 0; };
  HeapSort(test.choices, is_less);
  const auto repeated =
      std::ranges::unique(test.choices, [](JsonView a, JsonView b) { return CompareScalars(a, b) == 0; });
  test.choices.erase(repeated.begin(), repeated.end());
  for (const JsonView choice : elements) {
    if (choice.is_container()) test.choices.push_back(choice);
  }
  return test;
}

}  // namespace strata
