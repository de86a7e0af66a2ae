#include "text/text_query.h"

#include <algorithm>

#include "bytes/heap_sort.h"
#include "bytes/utf8.h"
#include "text/for_each_term.h"

namespace strata {

Result<std::vector<std::string>> ParseTextQuery(std::string_view text) {
  if (!IsUtf8(text)) return Fail(ErrorCode::kInvalidArgument, "the text to search for is not UTF-8");
  std::vector<std::string> terms;
  ForEachTerm(text, [&](const std::string& term) { terms.push_back(term); });
  HeapSort(terms);
  terms.erase(std::ranges::unique(terms).begin(), terms.end());
  return terms;
}

}  // namespace strata
