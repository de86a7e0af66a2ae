#pragma once

#include <string_view>

#include "filter/expression.h"
#include "strata/result.h"

namespace strata {

// Reads the text form of a filter, year >= 1990 and tags contains 'db'. See ParseFilter(). Keywords in any
// case:
//
//   filter     = and-part { "or" and-part }
//   and-part   = part { "and" part }
//   part       = "not" part | "(" filter ")" | "true" | condition
//   condition  = path ( "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=" ) value
//              | path ["not"] "in" "[" [ value { "," value } ] "]"
//              | path ["not"] "contains" value
//              | path ["not"] "startsWith" text
//              | path ["not"] "exists"
//   path       = letters, digits and _ . - $ @, beginning with none of digit . -; or anything between
//   backticks value      = text | number | "true" | "false" | "null" | JSON array or object of values text =
//   between ' or ", with JSON's escapes and \' \` as well
Result<Expression> ParseFilterText(std::string_view text);

}  // namespace strata
