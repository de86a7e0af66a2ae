#pragma once

#include <memory>
#include <span>
#include <vector>

#include "collection/engine_context.h"
#include "collection/searcher.h"
#include "lsm/segment.h"
#include "strata/result.h"
#include "text/inverted_index.h"
#include "text/text_index_builder.h"

namespace strata {

// The engine's only ways to text search. A program has it, or not, by which file it is linked with:
// text_search.cc, or text_search_missing.cc, which knows no text index and answers kUnsupported.

bool HasTextSearch();

// Starts the text index of a segment. Null if this build knows none: the segment is then written without, and
// searched by reading its texts.
std::unique_ptr<TextIndexBuilder> MakeTextIndexBuilder();

// The text index of a segment, or null. Leaves a note about a damaged one, which counts as none.
Result<std::shared_ptr<InvertedIndex>> OpenTextIndex(EngineContext* context, const Segment& segment);

// The options->k best records by options->text, and by `query` too unless that is empty, best first; see
// Collection::Search().
Result<std::vector<RankedRecord>> SearchText(const SearchRun& run, std::span<const float> query);

}  // namespace strata
