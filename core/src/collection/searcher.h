#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collection/collection_state.h"
#include "collection/engine_context.h"
#include "filter/expression.h"
#include "strata/collection.h"

namespace strata {

inline constexpr uint32_t kEfSearchDefault = 64;

// One search, as all its parts see it.
struct SearchRun {
  EngineContext* engine = nullptr;
  const CollectionOptions* collection = nullptr;
  const CollectionState* state = nullptr;
  const SearchOptions* options = nullptr;
  const Expression* filter = nullptr;  // Null: none.
  bool explain = false;                // Fill plans and measure time.
  SearchReply* reply = nullptr;        // Counters and plans go here.
  std::vector<TraceEvent>* trace = nullptr;

  // Where to describe the next source that is searched; null if nobody asked. Valid until the next call.
  SegmentPlan* NextPlan() const { return explain ? &reply->plans.emplace_back() : nullptr; }
};

// A candidate of the whole search: a record in memory or a row of a segment.
struct FoundRecord {
  float distance = 0;  // Of a search by text: the negated score.
  RecordPlace place;
  std::string key = {};  // Read only for those that may be among the hits.
};

// What a hit is made of.
struct RankedRecord {
  float distance = 0;  // NaN: none.
  float score = 0;
  RecordPlace place;
  std::string key = {};
};

// The k nearest of `found`, ascending by (distance, id), with their keys.
Result<void> KeepNearest(const CollectionState& state, uint32_t k, std::vector<FoundRecord>* found);

// The options->k records nearest to `query`: memtables exactly, each segment by its own plan, then merged.
Result<std::vector<FoundRecord>> FindNearest(const SearchRun& run, std::span<const float> query);

// Searches one state of a collection by vector, by text or by both. `explain` fills the reply's plans and
// stage times; `trace`, when given, receives every step by vector. kInvalidArgument as Collection::Search.
Result<SearchReply> SearchState(EngineContext* engine, const CollectionOptions& collection,
                                const CollectionState& state, std::span<const float> query,
                                const SearchOptions& options, bool explain,
                                std::vector<TraceEvent>* trace = nullptr);

}  // namespace strata
