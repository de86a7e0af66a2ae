#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bytes/json_builder.h"
#include "strata/result.h"

namespace strata {

// A piece of a filter's text.
struct FilterToken {
  enum class Kind : uint8_t { kEnd, kName, kQuotedName, kText, kNumber, kSymbol };

  Kind kind = Kind::kEnd;
  std::string_view raw = {};  // As it stands in the filter, with its quotes.
  size_t position = 0;        // Byte in the filter.

  // In any case; a quoted name is none.
  bool IsKeyword(std::string_view keyword) const;
  bool IsSymbol(std::string_view symbol) const { return kind == Kind::kSymbol && raw == symbol; }
};

// Cuts a filter's text into pieces, one at a time.
class FilterLexer {
 public:
  explicit FilterLexer(std::string_view text) : text_(text) {}

  // kInvalidArgument for a character that begins nothing, and for a quote that is not closed.
  Result<FilterToken> Next();

 private:
  Result<FilterToken> Quoted(char quote, FilterToken::Kind kind);
  Result<FilterToken> Make(FilterToken::Kind kind, size_t bytes);

  std::string_view text_;
  size_t position_ = 0;
};

// Appends what a text, quoted name or number stands for. kInvalidArgument for a wrong escape or number.
Result<void> AppendToken(const FilterToken& token, JsonBuilder* builder);

// Whether `name` can stand in a filter without quotes.
bool IsBareName(std::string_view name);

// "filter, byte 12: expected ..., found ...".
Failure Unexpected(const FilterToken& found, std::initializer_list<MessagePart> expected);

}  // namespace strata
