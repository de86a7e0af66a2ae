#pragma once

#include <span>
#include <vector>

#include "collection/collection_state.h"
#include "collection/engine_context.h"
#include "strata/collection.h"

namespace strata {

inline constexpr uint32_t kEfSearchDefault = 64;

// Searches one state of a collection: memtables exactly, each segment by its own plan, then merges. `explain`
// fills the reply's plans and stage times; `trace`, when given, receives every step. kInvalidArgument as
// Collection::Search.
Result<SearchReply> SearchState(EngineContext* engine, const CollectionOptions& collection,
                                const CollectionState& state, std::span<const float> query,
                                const SearchOptions& options, bool explain,
                                std::vector<TraceEvent>* trace = nullptr);

}  // namespace strata
