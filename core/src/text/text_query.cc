#include "text/text_query.h"

#include <map>
#include <utility>

#include "bytes/utf8.h"
#include "text/for_each_term.h"

namespace strata {

Result<std::vector<QueryTerm>> ParseTextQuery(std::string_view text) {
  if (!IsUtf8(text)) return Fail(ErrorCode::kInvalidArgument, "the text to search for is not UTF-8");
  std::map<std::string, uint32_t> frequencies;
  ForEachTerm(text, [&](const std::string& term) { ++frequencies[term]; });
  std::vector<QueryTerm> terms;
  for (auto& [term, frequency] : frequencies) terms.push_back({.term = term, .frequency = frequency});
  return terms;
}

}  // namespace strata
