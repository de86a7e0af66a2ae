#pragma once

#include <string_view>

#include "filter/expression.h"
#include "strata/result.h"

namespace strata {

// Reads the object form of a filter, {"year": {"$gte": 1990}, "tags": "db"}. See ParseFilter().
Result<Expression> ParseFilterObject(std::string_view json);

}  // namespace strata
