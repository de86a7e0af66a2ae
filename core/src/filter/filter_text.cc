#include "filter/filter_text.h"

#include <string>
#include <utility>
#include <vector>

#include "bytes/json_builder.h"
#include "filter/filter_lexer.h"

namespace strata {
namespace {

using Kind = Expression::Kind;

// Recursive descent, one function for each line of the grammar in filter_text.h. Recursion is bounded by
// kFilterDepthMax, and within a value by JsonLimits::depth_max.
class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<Expression> Parse() {
    STRATA_RETURN_IF_ERROR(Advance());
    STRATA_ASSIGN_OR_RETURN(Expression && expression, ParseOr());
    if (token_.kind != FilterToken::Kind::kEnd) return Unexpected(token_, {"and, or, or the end"});
    return expression;
  }

 private:
  Result<Expression> ParseOr() {
    std::vector<Expression> children;
    for (bool more = true; more;) {
      STRATA_ASSIGN_OR_RETURN(Expression && child, ParseAnd());
      children.push_back(std::move(child));
      STRATA_ASSIGN_OR_RETURN(more, TakeKeyword("or"));
    }
    return MakeOr(std::move(children));
  }

  Result<Expression> ParseAnd() {
    std::vector<Expression> children;
    for (bool more = true; more;) {
      STRATA_ASSIGN_OR_RETURN(Expression && child, ParsePart());
      children.push_back(std::move(child));
      STRATA_ASSIGN_OR_RETURN(more, TakeKeyword("and"));
    }
    return MakeAnd(std::move(children));
  }

  Result<Expression> ParsePart() {
    if (token_.IsKeyword("not")) {
      STRATA_RETURN_IF_ERROR(Nest());
      STRATA_ASSIGN_OR_RETURN(Expression && child, ParsePart());
      --depth_;
      return MakeNot(std::move(child));
    }
    if (token_.IsSymbol("(")) {
      STRATA_RETURN_IF_ERROR(Nest());
      STRATA_ASSIGN_OR_RETURN(Expression && inner, ParseOr());
      if (!token_.IsSymbol(")")) return Unexpected(token_, {"and, or, or )"});
      STRATA_RETURN_IF_ERROR(Advance());
      --depth_;
      return inner;
    }
    if (token_.IsKeyword("true")) {
      STRATA_RETURN_IF_ERROR(Advance());
      return MakeAnd({});
    }
    return ParseCondition();
  }

  Result<Expression> ParseCondition() {
    std::string path;
    if (token_.kind == FilterToken::Kind::kQuotedName) {
      JsonBuilder name;
      STRATA_RETURN_IF_ERROR(AppendToken(token_, &name));
      path = name.Take().view().string();
    } else if (token_.kind == FilterToken::Kind::kName && IsBareName(token_.raw)) {
      path = token_.raw;
    } else {
      return Unexpected(
          token_,
          {"a name, not, true or ( (a name that is a keyword or has odd characters goes between backticks)"});
    }
    STRATA_RETURN_IF_ERROR(Advance());

    STRATA_ASSIGN_OR_RETURN(const bool negated, TakeKeyword("not"));
    STRATA_ASSIGN_OR_RETURN(Expression && test, ParseTest(std::move(path), negated));
    return negated ? MakeNot(std::move(test)) : std::move(test);
  }

  // What follows a path, and perhaps a "not".
  Result<Expression> ParseTest(std::string path, bool negated) {
    struct Comparison {
      std::string_view symbol;
      Kind kind;
      bool negative = false;
    };
    constexpr Comparison kComparisons[] = {{"=", Kind::kEqual},        {"==", Kind::kEqual},
                                           {"!=", Kind::kEqual, true}, {"<>", Kind::kEqual, true},
                                           {"<", Kind::kLess},         {"<=", Kind::kLessOrEqual},
                                           {">", Kind::kGreater},      {">=", Kind::kGreaterOrEqual}};
    const FilterToken operation = token_;
    STRATA_RETURN_IF_ERROR(Advance());
    if (operation.IsKeyword("exists")) return MakeTest(Kind::kExists, std::move(path));
    if (operation.IsKeyword("contains")) {
      STRATA_ASSIGN_OR_RETURN(JsonValue && value, ParseValue());
      return MakeTest(Kind::kContains, std::move(path), std::move(value));
    }
    if (operation.IsKeyword("startsWith")) {
      if (token_.kind != FilterToken::Kind::kText) return Unexpected(token_, {"a text in quotes"});
      STRATA_ASSIGN_OR_RETURN(JsonValue && value, ParseValue());
      return MakeTest(Kind::kStartsWith, std::move(path), std::move(value));
    }
    if (operation.IsKeyword("in")) {
      if (!token_.IsSymbol("[")) return Unexpected(token_, {"["});
      STRATA_ASSIGN_OR_RETURN(JsonValue && choices, ParseValue());
      return MakeTest(Kind::kIn, std::move(path), std::move(choices));
    }
    for (const Comparison& comparison : kComparisons) {
      if (negated || !operation.IsSymbol(comparison.symbol)) continue;
      const FilterToken at = token_;
      STRATA_ASSIGN_OR_RETURN(JsonValue && value, ParseValue());
      if (comparison.kind != Kind::kEqual && !HasOrder(value))
        return Unexpected(at, {"a number, text, true or false"});
      Expression test = MakeTest(comparison.kind, std::move(path), std::move(value));
      return comparison.negative ? MakeNot(std::move(test)) : std::move(test);
    }
    return Unexpected(operation,
                      {negated ? "in, contains, startsWith or exists"
                               : "an operator: =, ==, !=, <>, <, <=, >, >=, in, not in, contains, startsWith "
                                 "or exists"});
  }

  Result<JsonValue> ParseValue() {
    JsonBuilder builder;
    STRATA_RETURN_IF_ERROR(AppendValue(&builder));
    return builder.Take();
  }

  Result<void> AppendValue(JsonBuilder* builder) {
    if (token_.IsSymbol("[") || token_.IsSymbol("{")) {
      if (builder->depth() == JsonLimits().depth_max)
        return Unexpected(token_, {"a value nested less deeply"});
      return token_.IsSymbol("[") ? AppendArray(builder) : AppendObject(builder);
    }
    if (token_.kind == FilterToken::Kind::kText || token_.kind == FilterToken::Kind::kNumber) {
      STRATA_RETURN_IF_ERROR(AppendToken(token_, builder));
    } else if (token_.IsKeyword("null")) {
      builder->Null();
    } else if (token_.IsKeyword("true") || token_.IsKeyword("false")) {
      builder->Bool(token_.IsKeyword("true"));
    } else {
      return Unexpected(token_, {"a value: a text in quotes, a number, true, false, null, [...] or {...}"});
    }
    return Advance();
  }

  Result<void> AppendArray(JsonBuilder* builder) {
    builder->StartArray();
    STRATA_RETURN_IF_ERROR(Advance());
    while (!token_.IsSymbol("]")) {
      STRATA_RETURN_IF_ERROR(AppendValue(builder));
      STRATA_RETURN_IF_ERROR(TakeComma("]"));
    }
    builder->EndArray();
    return Advance();
  }

  Result<void> AppendObject(JsonBuilder* builder) {
    builder->StartObject();
    STRATA_RETURN_IF_ERROR(Advance());
    while (!token_.IsSymbol("}")) {
      if (token_.kind != FilterToken::Kind::kText) return Unexpected(token_, {"a key in quotes or }"});
      JsonBuilder key;
      STRATA_RETURN_IF_ERROR(AppendToken(token_, &key));
      builder->Key(key.Take().view().string());
      STRATA_RETURN_IF_ERROR(Advance());
      if (!token_.IsSymbol(":")) return Unexpected(token_, {":"});
      STRATA_RETURN_IF_ERROR(Advance());
      STRATA_RETURN_IF_ERROR(AppendValue(builder));
      STRATA_RETURN_IF_ERROR(TakeComma("}"));
    }
    if (builder->EndObject()) return Unexpected(token_, {"no key twice in the object before"});
    return Advance();
  }

  // A comma with something after it, or nothing right before `end`.
  Result<void> TakeComma(std::string_view end) {
    if (token_.IsSymbol(end)) return {};
    if (!token_.IsSymbol(",")) return Unexpected(token_, {", or ", end});
    STRATA_RETURN_IF_ERROR(Advance());
    if (token_.IsSymbol(end)) return Unexpected(token_, {"a value"});
    return {};
  }

  static bool HasOrder(JsonView value) {
    return value.is_number() || value.kind() == JsonKind::kString || value.kind() == JsonKind::kBool;
  }

  // Takes what begins a nested part.
  Result<void> Nest() {
    if (depth_ == kFilterDepthMax) {
      return Unexpected(token_, {"at most ", kFilterDepthMax, " parentheses and nots within each other"});
    }
    ++depth_;
    return Advance();
  }

  Result<bool> TakeKeyword(std::string_view keyword) {
    if (!token_.IsKeyword(keyword)) return false;
    STRATA_RETURN_IF_ERROR(Advance());
    return true;
  }

  Result<void> Advance() {
    STRATA_ASSIGN_OR_RETURN(token_, lexer_.Next());
    return {};
  }

  FilterLexer lexer_;
  FilterToken token_;
  uint32_t depth_ = 0;
};

}  // namespace

Result<Expression> ParseFilterText(std::string_view text) { return Parser(text).Parse(); }

}  // namespace strata
