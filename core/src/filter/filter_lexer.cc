#include "filter/filter_lexer.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "bytes/excerpt.h"
#include "bytes/json_builder.h"

namespace strata {
namespace {

// Not <cctype>, whose answers depend on the locale.
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool IsNameStart(char c) { return IsLetter(c) || c == '_' || c == '$' || c == '@'; }
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c) || c == '.' || c == '-'; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

constexpr std::string_view kLongSymbols[] = {"==", "!=", "<>", "<=", ">="};
constexpr std::string_view kShortSymbols = "<>=()[]{},:";
constexpr std::string_view kKeywords[] = {"and",        "or",     "not",  "in",    "contains",
                                          "startsWith", "exists", "true", "false", "null"};

Failure FailAt(size_t position, std::initializer_list<MessagePart> what) {
  return Fail(ErrorCode::kInvalidArgument, {"filter, byte ", position, ": ", Message(what)});
}

}  // namespace

bool FilterToken::IsKeyword(std::string_view keyword) const {
  return kind == Kind::kName && EqualsIgnoringCase(raw, keyword);
}

Result<FilterToken> FilterLexer::Next() {
  using Kind = FilterToken::Kind;
  while (position_ < text_.size() && std::string_view(" \t\r\n").contains(text_[position_])) ++position_;
  const std::string_view rest = text_.substr(position_);
  if (rest.empty()) return Make(Kind::kEnd, 0);

  const char first = rest[0];
  if (first == '\'' || first == '"') return Quoted(first, Kind::kText);
  if (first == '`') return Quoted(first, Kind::kQuotedName);
  const bool is_number = IsDigit(first) || first == '-';
  if (is_number || IsNameStart(first)) {
    // All of 1e+5 is one piece, and so is the mistake 12abc.
    const auto belongs = [&](char c) { return IsNamePart(c) || (is_number && c == '+'); };
    const auto bytes = static_cast<size_t>(std::ranges::find_if_not(rest, belongs) - rest.begin());
    return Make(is_number ? Kind::kNumber : Kind::kName, bytes);
  }
  for (const std::string_view symbol : kLongSymbols) {
    if (rest.starts_with(symbol)) return Make(Kind::kSymbol, symbol.size());
  }
  if (kShortSymbols.contains(first)) return Make(Kind::kSymbol, 1);
  return FailAt(position_, {"expected a name, value or operator, found ", Excerpt(rest.substr(0, 1))});
}

Result<FilterToken> FilterLexer::Quoted(char quote, FilterToken::Kind kind) {
  for (size_t end = position_ + 1; end < text_.size(); ++end) {
    if (text_[end] == quote) return Make(kind, end + 1 - position_);
    if (text_[end] == '\\') ++end;
  }
  return FailAt(position_, {"expected a closing ", std::string_view(&quote, 1), ", found the end"});
}

Result<FilterToken> FilterLexer::Make(FilterToken::Kind kind, size_t bytes) {
  const FilterToken token{.kind = kind, .raw = text_.substr(position_, bytes), .position = position_};
  position_ += bytes;
  return token;
}

Result<void> AppendToken(const FilterToken& token, JsonBuilder* builder) {
  std::string json;
  if (token.kind == FilterToken::Kind::kNumber) {
    json = token.raw;
    // Lists of integers may be long, so they are spared the whole parser. (It refuses leading zeros.)
    int64_t integer = 0;
    const char* const end = json.data() + json.size();
    const auto [stop, error] = std::from_chars(json.data(), end, integer);
    if (token.raw[0] >= '1' && stop == end && error == std::errc()) {
      builder->Integer(integer);
      return {};
    }
  } else {
    const std::string_view inside = token.raw.substr(1, token.raw.size() - 2);
    if (!inside.contains('\\')) {
      builder->String(inside);
      return {};
    }
    // JSON knows all our escapes but those of the other quotes, and wants escaped what needs not be here.
    constexpr char kHexDigits[] = "0123456789abcdef";
    json += '"';
    for (size_t i = 0; i < inside.size(); ++i) {
      const char c = inside[i];
      if (c == '\\') {
        const char escaped = inside[++i];
        if (escaped != '\'' && escaped != '`') json += '\\';
        json += escaped;
      } else if (c == '"') {
        json += "\\\"";
      } else if (static_cast<unsigned char>(c) < 0x20) {
        json += "\\u00";
        json += kHexDigits[c >> 4];
        json += kHexDigits[c & 15];
      } else {
        json += c;
      }
    }
    json += '"';
  }
  const Result<JsonValue> value = ParseJson(json, {.bytes_max = json.size()});
  if (!value)
    return FailAt(token.position, {Excerpt(token.raw), " is not a valid value: ", value.error().message()});
  builder->Copy(*value);
  return {};
}

bool IsBareName(std::string_view name) {
  if (name.empty() || !IsNameStart(name[0]) || !std::ranges::all_of(name, IsNamePart)) return false;
  return std::ranges::none_of(kKeywords,
                              [&](std::string_view keyword) { return EqualsIgnoringCase(name, keyword); });
}

Failure Unexpected(const FilterToken& found, std::initializer_list<MessagePart> expected) {
  const std::string what = found.kind == FilterToken::Kind::kEnd ? "the end" : Excerpt(found.raw);
  return FailAt(found.position, {"expected ", Message(expected), ", found ", what});
}

}  // namespace strata
