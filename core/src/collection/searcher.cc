#include "collection/searcher.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "bytes/heap_sort.h"
#include "collection/resolve_writes.h"
#include "collection/segment_search.h"
#include "index/nearest.h"

namespace strata {
namespace {

// A candidate of the whole search: a record in memory or a row of a segment.
struct Found {
  float distance = 0;
  RecordPlace place;
  std::string key;  // Read only for those that may be among the hits.
};

struct MemoryCandidate {
  float distance = 0;
  const MemRecord* record = nullptr;
  friend bool operator<(const MemoryCandidate& a, const MemoryCandidate& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.record->key < b.record->key;
  }
};

Result<void> CheckOptions(const CollectionOptions& collection, std::span<const float> query,
                          const SearchOptions& options) {
  if (auto checked = CheckVector(collection, query); !checked) {
    return Fail(checked.error().code(), {"query: ", checked.error().message()});
  }
  constexpr uint32_t kMax = std::numeric_limits<int32_t>::max();
  if (options.k == 0 || options.k > kMax) {
    return Fail(ErrorCode::kInvalidArgument, {"k is ", options.k, ", expected 1 to ", kMax});
  }
  if (options.ef_search > kMax || options.rescore > kMax) {
    return Fail(ErrorCode::kInvalidArgument, {"efSearch and rescore are at most ", kMax});
  }
  if (options.radius && !(*options.radius == *options.radius)) {
    return Fail(ErrorCode::kInvalidArgument, "radius is NaN, expected a number");
  }
  return {};
}

Result<void> SearchMemtable(const QueryContext& context, const Memtable& table, SegmentPlan* plan,
                            std::vector<Found>* found) {
  Nearest<MemoryCandidate> nearest(context.options->k, context.distance_max);
  uint32_t matching = 0;
  for (auto it = table.LowerBound(""); !it.done(); it.Next()) {
    const MemRecord& record = *it.record();
    if (record.vector.empty()) continue;
    STRATA_ASSIGN_OR_RETURN(const bool matches, MatchesRecord(record, context.filter));
    if (!matches) continue;
    ++matching;
    nearest.Offer({(*context.exact)(record.vector.data()), &record});
  }
  context.counters->distances_exact += matching;
  if (plan != nullptr) {
    *plan = {
        .segment = 0,
        .rows = static_cast<uint32_t>(table.size()),
        .matching_rows = matching,
        .strategy = "scan",
        .reason = Message({"the memtable has no vector index: its ", table.size(), " records are scanned"})};
  }
  for (const MemoryCandidate& candidate : nearest.Take()) {
    found->push_back({.distance = candidate.distance, .place = {.record = candidate.record}, .key = {}});
  }
  return {};
}

// The k nearest of `found`, ascending by (distance, id).
Result<void> KeepNearest(const CollectionState& state, uint32_t k, std::vector<Found>* found) {
  if (found->size() > k) {
    std::vector<float> distances;
    for (const Found& f : *found) distances.push_back(f.distance);
    HeapSort(distances);
    // Keep everything as near as the k-th: which of equals come back is decided by id below.
    const float bound = distances[k - 1];
    std::erase_if(*found, [bound](const Found& f) { return f.distance > bound; });
  }
  for (Found& f : *found) {
    if (f.place.record != nullptr) {
      f.key = f.place.record->key;
    } else {
      STRATA_ASSIGN_OR_RETURN(const auto& stored, state.segments[f.place.segment].segment->Read(f.place.row));
      f.key = stored.key;
    }
  }
  HeapSort(*found, [](const Found& a, const Found& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.key < b.key;
  });
  if (found->size() > k) found->resize(k);
  return {};
}

float Score(Metric metric, float distance) {
  switch (metric) {
    case Metric::kL2:
      return 1 / (1 + distance);
    case Metric::kCosine:
      return 1 - distance;
    case Metric::kDot:
      return -distance;
  }
  return 0;
}

Result<Hit> MakeHit(const CollectionState& state, Metric metric, const SearchOptions& options,
                    const Found& found) {
  Hit hit;
  hit.distance = found.distance;
  hit.score = Score(metric, found.distance);
  if (!options.include_metadata && !options.include_text && !options.include_vector) {
    STRATA_ASSIGN_OR_RETURN(hit.id, DecodeKey(found.key));
    return hit;
  }
  STRATA_ASSIGN_OR_RETURN(Record && record, ReadRecord(state, found.place, options.include_vector));
  hit.id = std::move(record.id);
  if (options.include_metadata) hit.metadata = std::move(record.metadata);
  if (options.include_text) hit.text = std::move(record.text);
  hit.vector = std::move(record.vector);
  if (!options.include_vector) hit.vector.clear();
  return hit;
}

}  // namespace

Result<SearchReply> SearchState(EngineContext* engine, const CollectionOptions& collection,
                                const CollectionState& state, std::span<const float> query,
                                const SearchOptions& options, bool explain, std::vector<TraceEvent>* trace) {
  STRATA_RETURN_IF_ERROR(CheckOptions(collection, query, options));
  STRATA_ASSIGN_OR_RETURN(const Filter& filter, ParseFilter(options.filter));
  const ExactDistance exact(collection.metric, query);
  SearchReply reply;
  const uint64_t misses_before = engine->cache->stats().misses;
  const QueryContext context{
      .engine = engine,
      .collection = &collection,
      .query = query,
      .options = &options,
      .exact = &exact,
      .filter = filter.get(),
      .ef = options.ef_search != 0 ? options.ef_search : kEfSearchDefault,
      .distance_max = options.radius ? *options.radius : std::numeric_limits<float>::infinity(),
      .explain = explain,
      .counters = &reply.counters,
      .trace = trace};

  std::vector<Found> found;
  const auto next_plan = [&]() -> SegmentPlan* { return explain ? &reply.plans.emplace_back() : nullptr; };
  if (state.memtable.size() != 0)
    STRATA_RETURN_IF_ERROR(SearchMemtable(context, state.memtable, next_plan(), &found));
  for (const Memtable& sealed : state.sealed) {
    STRATA_RETURN_IF_ERROR(SearchMemtable(context, sealed, next_plan(), &found));
  }
  for (size_t i = 0; i < state.segments.size(); ++i) {
    const size_t trace_begin = trace ? trace->size() : 0;
    STRATA_ASSIGN_OR_RETURN(const auto& candidates, SearchSegment(context, state.segments[i], next_plan()));
    if (trace) {
      for (size_t e = trace_begin; e < trace->size(); ++e) (*trace)[e].segment = state.segments[i].file();
    }
    for (const Candidate& candidate : candidates) {
      found.push_back(
          {.distance = candidate.distance, .place = {.segment = i, .row = candidate.row}, .key = {}});
    }
  }

  const uint64_t fetch_start = explain ? engine->env->NowMicros() : 0;
  STRATA_RETURN_IF_ERROR(KeepNearest(state, options.k, &found));
  reply.hits.reserve(found.size());
  for (const Found& f : found) {
    STRATA_ASSIGN_OR_RETURN(Hit && hit, MakeHit(state, collection.metric, options, f));
    reply.hits.push_back(std::move(hit));
  }
  if (explain) reply.counters.fetch_micros = engine->env->NowMicros() - fetch_start;
  reply.counters.blocks_read = engine->cache->stats().misses - misses_before;
  return reply;
}

}  // namespace strata
