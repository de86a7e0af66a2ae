#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "strata/result.h"

namespace strata {

// A word that is searched for.
struct QueryTerm {
  std::string term;        // As Tokenizer makes them.
  uint32_t frequency = 0;  // How often the query has it.
};

// The distinct terms of `text`, ascending; none if it has only stop words. kInvalidArgument if it is not
// UTF-8. Texts to be found are cut in the same way: English stop words, folded (see docs/embedding.md).
Result<std::vector<QueryTerm>> ParseTextQuery(std::string_view text);

}  // namespace strata
