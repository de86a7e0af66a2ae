// In place of text_search.cc, for programs without text search.
#include "collection/text_search.h"
#include "index/index_suite.h"

namespace strata {

bool HasTextSearch() { return false; }

std::unique_ptr<TextIndexBuilder> MakeTextIndexBuilder() { return nullptr; }

Result<std::shared_ptr<InvertedIndex>> OpenTextIndex(EngineContext*, const Segment&) { return nullptr; }

Result<std::vector<RankedRecord>> SearchText(const SearchRun&, std::span<const float>) {
  return NotInThisBuild();
}

}  // namespace strata
