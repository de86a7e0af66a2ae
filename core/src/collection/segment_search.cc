#include "collection/segment_search.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "filter/planner.h"
#include "index/nearest.h"
#include "index/rescore.h"

namespace strata {
namespace {

// Adds the time of a scope to a counter, when anybody asked.
class StageTimer {
 public:
  StageTimer(const QueryContext& context, uint64_t* micros)
      : env_(context.explain ? context.engine->env : nullptr),
        micros_(micros),
        start_(env_ ? env_->NowMicros() : 0) {}
  ~StageTimer() {
    if (env_) *micros_ += env_->NowMicros() - start_;
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  Env* env_;
  uint64_t* micros_;
  uint64_t start_;
};

// Every row that `allowed` has (null: all), by full vectors.
Result<std::vector<Candidate>> Scan(const QueryContext& context, RowVectors& rows, const RowBitmap* allowed) {
  StageTimer timer(context, &context.counters->walk_micros);
  Nearest<Candidate> nearest(context.options->k, context.distance_max);
  if (allowed == nullptr) {
    std::vector<float> distances;
    const uint32_t dimension = rows.dimension();
    for (Row row = 0; row < rows.row_count();) {
      STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows.Run(row));
      const size_t count = run.size() / dimension;
      distances.resize(count);
      context.exact->Batch(run.data(), count, distances.data());
      for (size_t i = 0; i < count; ++i) nearest.Offer({distances[i], row + static_cast<Row>(i)});
      row += static_cast<Row>(count);
    }
    context.counters->distances_exact += rows.row_count();
    return nearest.Take();
  }
  Result<void> status;
  allowed->ForEach([&](Row row) {
    if (!status) return;
    auto vector = rows.Get(row);
    if (!vector) {
      status = PassedError{vector.error()};
      return;
    }
    ++context.counters->distances_exact;
    nearest.Offer({(*context.exact)(*vector), row});
  });
  STRATA_RETURN_IF_ERROR(std::move(status));
  return nearest.Take();
}

// How many candidates to ask the index for, when the caller did not say how many to recompute. Where
// rescoring can tell when to end, all that the walk keeps; under kDot it cannot. In few dimensions a code
// tells little: one step serves all dimensions, and rows that differ by less look the same. There full
// vectors are cheap, so every candidate gets one.
uint32_t CandidateCount(const QueryContext& context) {
  constexpr uint32_t kFewDimensions = 64;
  const uint32_t depth = DefaultRescoreDepth(context.options->k);
  const bool may_end = context.collection->metric != Metric::kDot;
  return may_end || context.collection->dimension <= kFewDimensions ? std::max(depth, context.ef) : depth;
}

// Walks the index for candidates and recomputes the best of them with full vectors.
Result<std::vector<Candidate>> WalkAndRescore(const QueryContext& context, VectorIndex& index,
                                              RowVectors& rows, const RowBitmap* allowed) {
  const uint32_t k = context.options->k;
  const uint32_t count =
      context.options->rescore != 0 ? std::max(context.options->rescore, k) : CandidateCount(context);
  const WalkParams params{
      .count = count, .ef = std::max(context.ef, count), .probes = context.options->probes};
  WalkCounters walked;
  std::vector<Candidate> candidates;
  {
    StageTimer timer(context, &context.counters->walk_micros);
    auto found = context.trace ? index.Trace(context.query, params, allowed, rows, context.trace)
                               : index.Search(context.query, params, allowed, rows, &walked);
    if (!found) return PassedError{found.error()};
    candidates = std::move(*found);
  }
  context.counters->distances_approximate += walked.distances;
  context.counters->hops += walked.hops;

  StageTimer timer(context, &context.counters->rescore_micros);
  Nearest<Candidate> nearest(k, context.distance_max);
  const bool may_end = context.options->rescore == 0 && context.collection->metric != Metric::kDot;
  RescoreEnd end(k);
  for (const Candidate& candidate : candidates) {
    if (may_end && end.IsBefore(candidate.distance, nearest.bound())) break;
    STRATA_ASSIGN_OR_RETURN(const float* vector, rows.Get(candidate.row));
    const float distance = (*context.exact)(vector);
    if (context.trace) {
      context.trace->push_back({.kind = TraceEvent::Kind::kRescore,
                                .layer = 0,
                                .from = candidate.row,
                                .to = candidate.row,
                                .distance = distance,
                                .bound = candidate.distance});
    }
    nearest.Offer({distance, candidate.row});
    end.Recomputed(candidate.distance, distance);
    ++context.counters->distances_exact;
  }
  return nearest.Take();
}

}  // namespace

Result<std::vector<Candidate>> SearchSegment(const QueryContext& context, const SegmentHandle& handle,
                                             SegmentPlan* plan) {
  const Segment& segment = *handle.segment;
  // Null stands for "every row", which spares the common case a bitmap.
  std::optional<RowBitmap> allowed;
  if (context.filter != nullptr || handle.dead_count != 0 || segment.vector_count() != segment.row_count()) {
    StageTimer timer(context, &context.counters->filter_micros);
    STRATA_ASSIGN_OR_RETURN(allowed, LiveMatches(handle, context.filter));
    allowed->And(segment.with_vector());
  }
  const RowBitmap* const bitmap = allowed ? &*allowed : nullptr;
  const uint32_t matching = bitmap ? bitmap->Count() : segment.row_count();

  VectorIndex* index = nullptr;
  if (!context.options->exact && handle.index) index = handle.index->Get(context.engine, *context.collection);
  const PlanInput input{.live_rows = handle.live_rows(),
                        .matching_rows = matching,
                        .dimension = context.collection->dimension,
                        .has_filter = context.filter != nullptr,
                        .index_ready = index != nullptr,
                        .exact = context.options->exact,
                        .has_radius = context.options->radius.has_value(),
                        .k = context.options->k,
                        .ef = context.ef,
                        .index = context.collection->index,
                        .quantized = context.collection->quantization != Quantization::kNone};
  Plan chosen = ChoosePlan(input);
  if (plan != nullptr) {
    plan->segment = handle.file();
    plan->rows = handle.live_rows();
    plan->matching_rows = matching;
    plan->strategy = StrategyName(chosen.strategy);
    plan->reason = PlanReason(input, chosen);
  }
  if (chosen.strategy == Strategy::kNone) return std::vector<Candidate>{};

  const std::unique_ptr<RowVectors> rows = handle.segment->Vectors();
  if (chosen.strategy == Strategy::kWalk || chosen.strategy == Strategy::kWalkFiltered) {
    STRATA_ASSIGN_OR_RETURN(auto&& hits, WalkAndRescore(context, *index, *rows, bitmap));
    // A walk may come back with fewer than there are (a radius cuts on purpose): then the promise needs the
    // scan.
    if (context.options->radius || hits.size() >= std::min(context.options->k, matching)) return hits;
    if (plan != nullptr) {
      plan->reason += Message(
          {"; the walk found ", hits.size(), " of ", matching, " matching rows, so they were scanned"});
    }
  }
  return Scan(context, *rows, bitmap);
}

}  // namespace strata
