#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "strata/result.h"

namespace strata {

// The distinct terms of `text`, ascending; none if it has only stop words. kInvalidArgument if it is not
// UTF-8. Texts to be found are cut in the same way: English stop words, folded (see docs/embedding.md).
Result<std::vector<std::string>> ParseTextQuery(std::string_view text);

}  // namespace strata
