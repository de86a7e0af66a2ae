#include "collection/searcher.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "bytes/heap_sort.h"
#include "collection/resolve_writes.h"
#include "collection/segment_search.h"
#include "collection/text_search.h"
#include "index/index_suite.h"
#include "index/nearest.h"

namespace strata {
namespace {

struct MemoryCandidate {
  float distance = 0;
  const MemRecord* record = nullptr;
  friend bool operator<(const MemoryCandidate& a, const MemoryCandidate& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.record->key < b.record->key;
  }
};

Result<void> CheckOptions(const CollectionOptions& collection, std::span<const float> query,
                          const SearchOptions& options) {
  // A search by text alone has no vector.
  const bool by_vector = !options.text || !query.empty();
  if (auto checked = by_vector ? CheckVector(collection, query) : Result<void>(); !checked) {
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
  if (options.radius && !by_vector) {
    return Fail(ErrorCode::kInvalidArgument, "a radius needs a vector to be measured from");
  }
  const FusionOptions& fusion = options.fusion;
  if (!(fusion.vector_weight >= 0 && fusion.vector_weight <= 1) ||
      !(fusion.rrf_constant > 0 && fusion.rrf_constant < std::numeric_limits<float>::infinity()) ||
      fusion.depth > kMax) {
    return Fail(
        ErrorCode::kInvalidArgument,
        {"fusion takes a vector weight from 0 to 1, a constant above 0 and a depth of at most ", kMax});
  }
  return {};
}

Result<void> SearchMemtable(const QueryContext& context, const Memtable& table, SegmentPlan* plan,
                            std::vector<FoundRecord>* found) {
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
    found->push_back({.distance = candidate.distance, .place = {.record = candidate.record}});
  }
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

Result<Hit> MakeHit(const CollectionState& state, const SearchOptions& options, const RankedRecord& found) {
  Hit hit;
  hit.distance = found.distance;
  hit.score = found.score;
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

Result<void> KeepNearest(const CollectionState& state, uint32_t k, std::vector<FoundRecord>* found) {
  if (found->size() > k) {
    std::vector<float> distances;
    for (const FoundRecord& f : *found) distances.push_back(f.distance);
    HeapSort(distances);
    // Keep everything as near as the k-th: which of equals come back is decided by id below.
    const float bound = distances[k - 1];
    std::erase_if(*found, [bound](const FoundRecord& f) { return f.distance > bound; });
  }
  for (FoundRecord& f : *found) {
    if (f.place.record != nullptr) {
      f.key = f.place.record->key;
    } else {
      STRATA_ASSIGN_OR_RETURN(const auto& stored, state.segments[f.place.segment].segment->Read(f.place.row));
      f.key = stored.key;
    }
  }
  HeapSort(*found, [](const FoundRecord& a, const FoundRecord& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.key < b.key;
  });
  if (found->size() > k) found->resize(k);
  return {};
}

Result<std::vector<FoundRecord>> FindNearest(const SearchRun& run, std::span<const float> query) {
  const SearchOptions& options = *run.options;
  const ExactDistance exact(run.collection->metric, query);
  const QueryContext context{
      .engine = run.engine,
      .collection = run.collection,
      .query = query,
      .options = run.options,
      .exact = &exact,
      .filter = run.filter,
      .ef = options.ef_search != 0 ? options.ef_search : kEfSearchDefault,
      .distance_max = options.radius ? *options.radius : std::numeric_limits<float>::infinity(),
      .explain = run.explain,
      .counters = &run.reply->counters,
      .trace = run.trace};

  const CollectionState& state = *run.state;
  std::vector<FoundRecord> found;
  if (state.memtable.size() != 0)
    STRATA_RETURN_IF_ERROR(SearchMemtable(context, state.memtable, run.NextPlan(), &found));
  for (const Memtable& sealed : state.sealed) {
    STRATA_RETURN_IF_ERROR(SearchMemtable(context, sealed, run.NextPlan(), &found));
  }
  std::vector<TraceEvent>* const trace = run.trace;
  for (size_t i = 0; i < state.segments.size(); ++i) {
    const size_t trace_begin = trace ? trace->size() : 0;
    STRATA_ASSIGN_OR_RETURN(const auto& candidates,
                            SearchSegment(context, state.segments[i], run.NextPlan()));
    if (trace) {
      for (size_t e = trace_begin; e < trace->size(); ++e) (*trace)[e].segment = state.segments[i].file();
    }
    for (const Candidate& candidate : candidates) {
      found.push_back({.distance = candidate.distance, .place = {.segment = i, .row = candidate.row}});
    }
  }

  const uint64_t fetch_start = run.explain ? run.engine->env->NowMicros() : 0;
  STRATA_RETURN_IF_ERROR(KeepNearest(state, options.k, &found));
  if (run.explain) run.reply->counters.fetch_micros += run.engine->env->NowMicros() - fetch_start;
  return found;
}

Result<SearchReply> SearchState(EngineContext* engine, const CollectionOptions& collection,
                                const CollectionState& state, std::span<const float> query,
                                const SearchOptions& options, bool explain, std::vector<TraceEvent>* trace) {
  if (!HasIndexSuite()) {  // Nobody can ask for these.
    explain = false;
    trace = nullptr;
  }
  STRATA_RETURN_IF_ERROR(CheckOptions(collection, query, options));
  STRATA_ASSIGN_OR_RETURN(const Filter& filter, ParseFilter(options.filter));
  SearchReply reply;
  const SearchRun run{.engine = engine,
                      .collection = &collection,
                      .state = &state,
                      .options = &options,
                      .filter = filter.get(),
                      .explain = explain,
                      .reply = &reply,
                      .trace = trace};
  const uint64_t misses_before = engine->cache->stats().misses;
  std::vector<RankedRecord> ranked;
  if (options.text) {
    STRATA_ASSIGN_OR_RETURN(ranked, SearchText(run, query));
  } else {
    STRATA_ASSIGN_OR_RETURN(std::vector<FoundRecord> && found, FindNearest(run, query));
    for (FoundRecord& f : found) {
      ranked.push_back({.distance = f.distance,
                        .score = Score(collection.metric, f.distance),
                        .place = f.place,
                        .key = std::move(f.key)});
    }
  }

  const uint64_t fetch_start = explain ? engine->env->NowMicros() : 0;
  reply.hits.reserve(ranked.size());
  for (const RankedRecord& record : ranked) {
    STRATA_ASSIGN_OR_RETURN(Hit && hit, MakeHit(state, options, record));
    reply.hits.push_back(std::move(hit));
  }
  if (explain) reply.counters.fetch_micros += engine->env->NowMicros() - fetch_start;
  reply.counters.blocks_read = engine->cache->stats().misses - misses_before;
  return reply;
}

}  // namespace strata
