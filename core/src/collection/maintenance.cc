#include "collection/maintenance.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "index/index_suite.h"

namespace strata {
namespace {

constexpr uint64_t kRetryMicros = 1'000'000;
// An index begun in the middle of an import would be thrown away by the next merge.
constexpr uint64_t kQuietBeforeIndexingMicros = 250'000;
constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

SegmentHandle* FindSegment(CollectionState& state, FileNumber file) {
  const auto it = std::find_if(state.segments.begin(), state.segments.end(),
                               [file](const SegmentHandle& handle) { return handle.file() == file; });
  return it == state.segments.end() ? nullptr : &*it;
}

// Marks the rows of `built` whose record was replaced or deleted while it was being built.
void MarkSinceDead(const SegmentBuild& build, const CollectionState& now, SegmentHandle* built) {
  const size_t memtable_count = build.memtables().size();
  std::vector<const SegmentHandle*> changed(build.segments().size(), nullptr);
  bool any = false;
  for (size_t i = 0; i < build.segments().size(); ++i) {
    for (const SegmentHandle& handle : now.segments) {
      if (handle.file() != build.segments()[i].file() || handle.dead_count == build.segments()[i].dead_count)
        continue;
      changed[i] = &handle;
      any = true;
    }
  }
  for (size_t i = 0; i < memtable_count; ++i) any |= now.sealed[i].size() != build.memtables()[i].size();
  if (!any) return;
  for (Row row = 0; row < build.origins().size(); ++row) {
    const SegmentBuild::Origin& origin = build.origins()[row];
    const bool dead = origin.record != nullptr
                          ? now.sealed[origin.source].Find(origin.record->key) != origin.record
                          : changed[origin.source - memtable_count] != nullptr &&
                                changed[origin.source - memtable_count]->IsDead(origin.row);
    if (dead) built->MarkDead(row);
  }
}

}  // namespace

bool Maintenance::Due() const {
  if (core_->context.options.read_only) return false;
  if (flush_ || merge_ || index_ || core_->HasSealed() || !core_->context.trash->files.empty()) return true;
  return std::any_of(core_->collections.begin(), core_->collections.end(), [this](const auto& collection) {
    return !PickCompactions(FactsOf(*collection), Policy()).empty();
  });
}

Result<bool> Maintenance::Run(uint64_t micros) {
  if (core_->context.options.read_only || compact_) return false;
  const uint64_t now = core_->context.env->NowMicros();
  if (now < not_before_micros_) return false;
  core_->TakeOutTrash();
  const uint64_t deadline = now + micros;
  for (;;) {
    auto worked = RunOnce(deadline);
    if (!worked) {
      GiveUp();
      not_before_micros_ = core_->context.env->NowMicros() + kRetryMicros;
      return worked;
    }
    if (!*worked || core_->context.env->NowMicros() >= deadline) return worked;
  }
}

Result<bool> Maintenance::RunOnce(uint64_t deadline_micros) {
  if (!flush_ && core_->HasSealed()) StartFlush();
  if (flush_) return StepFlush(deadline_micros);
  if (merge_) return StepMerge(deadline_micros);
  if (index_) return StepIndex(deadline_micros);
  return compact_ ? PickForCompaction() : PickNext();
}

void Maintenance::GiveUp() {
  flush_.reset();
  merge_.reset();
  index_.reset();
  compact_.reset();
}

Result<bool> Maintenance::PickNext() {
  const uint64_t now = core_->context.env->NowMicros();
  const bool quiet = now - core_->last_write_micros >= kQuietBeforeIndexingMicros;
  for (const auto& collection : core_->collections) {
    for (const CompactionPlan& plan : PickCompactions(FactsOf(*collection), Policy())) {
      if (std::holds_alternative<IndexPlan>(plan) && !quiet) continue;
      STRATA_RETURN_IF_ERROR(StartPlan(collection.get(), plan));
      return true;
    }
  }
  return false;
}

void Maintenance::StartFlush() {
  flush_.emplace().sequence = core_->sealed_sequence;
  for (const auto& collection : core_->collections) {
    const CollectionState& state = collection->state();
    if (state.sealed.empty()) continue;
    flush_->parts.push_back({.collection = collection.get(),
                             .build = std::make_unique<SegmentBuild>(&core_->context, collection->options(),
                                                                     core_->sealed_sequence, state.sealed,
                                                                     std::vector<SegmentHandle>{})});
  }
}

Result<bool> Maintenance::StepFlush(uint64_t deadline_micros) {
  while (flush_->next_part < flush_->parts.size()) {
    STRATA_ASSIGN_OR_RETURN(const bool built, flush_->parts[flush_->next_part].build->Step(deadline_micros));
    if (!built) return true;
    ++flush_->next_part;
  }
  STRATA_RETURN_IF_ERROR(CommitFlush());
  return true;
}

Result<void> Maintenance::CommitFlush() {
  DatabaseCore::NextStates next;
  for (FlushPart& part : flush_->parts) {
    CollectionState state = part.collection->state();
    STRATA_ASSIGN_OR_RETURN(std::optional<SegmentHandle> && built, part.build->Take());
    if (built) {
      MarkSinceDead(*part.build, state, &*built);
      state.segments.push_back(std::move(*built));
    }
    state.sealed.clear();
    next.emplace_back(part.collection, std::move(state));
  }
  STRATA_RETURN_IF_ERROR(core_->Commit(std::move(next), flush_->sequence));
  Note(Message({"flush up to batch ", flush_->sequence}));
  ++counts_.flushes;
  flush_.reset();
  return {};
}

Result<void> Maintenance::StartPlan(CollectionImpl* collection, const CompactionPlan& plan) {
  CollectionState& state = collection->state();
  if (const auto* index_plan = std::get_if<IndexPlan>(&plan)) {
    const SegmentHandle* handle = FindSegment(state, index_plan->file);
    STRATA_ASSIGN_OR_RETURN(auto&& build,
                            IndexBuild::Start(&core_->context, collection->options(), *handle, nullptr));
    index_.emplace(IndexJob{.collection = collection,
                            .what = HasIndexSuite() ? Describe(plan) : std::string(),
                            .build = std::move(build)});
    return {};
  }
  std::vector<SegmentHandle> inputs;
  for (FileNumber file : std::get<MergePlan>(plan).files) inputs.push_back(*FindSegment(state, file));
  merge_.emplace(MergeJob{
      .collection = collection,
      .what = HasIndexSuite() ? Describe(plan) : std::string(),
      .build = std::make_unique<SegmentBuild>(&core_->context, collection->options(), core_->flushed_sequence,
                                              std::vector<Memtable>{}, std::move(inputs)),
      .merged = std::nullopt,
      .index = nullptr});
  return {};
}

Result<bool> Maintenance::StepMerge(uint64_t deadline_micros) {
  if (!merge_->built) {
    STRATA_ASSIGN_OR_RETURN(const bool done, merge_->build->Step(deadline_micros));
    if (!done) return true;
    STRATA_ASSIGN_OR_RETURN(merge_->merged, merge_->build->Take());
    merge_->built = true;
    // The new segment replaces the old ones together with its index, so that searches never fall back to a
    // scan.
    if (merge_->merged && WantsIndex(merge_->collection->options()) &&
        merge_->merged->segment->vector_count() >= Policy().index_rows_min) {
      STRATA_ASSIGN_OR_RETURN(merge_->index, IndexBuild::Start(&core_->context, merge_->collection->options(),
                                                               *merge_->merged, merge_->build.get()));
    }
    return true;
  }
  if (merge_->index) {
    STRATA_ASSIGN_OR_RETURN(const bool done, merge_->index->Step(deadline_micros));
    if (!done) return true;
    merge_->merged->index = merge_->index->Take();
    merge_->index.reset();
  }
  STRATA_RETURN_IF_ERROR(CommitMerge());
  return true;
}

Result<void> Maintenance::CommitMerge() {
  CollectionState state = merge_->collection->state();
  if (merge_->merged) MarkSinceDead(*merge_->build, state, &*merge_->merged);
  size_t place = state.segments.size();
  for (const SegmentHandle& input : merge_->build->segments()) {
    const auto at = static_cast<size_t>(FindSegment(state, input.file()) - state.segments.data());
    state.segments.erase(state.segments.begin() + static_cast<std::ptrdiff_t>(at));
    place = std::min(place, at);
  }
  if (merge_->merged) {
    state.segments.insert(state.segments.begin() + static_cast<std::ptrdiff_t>(place), *merge_->merged);
  }
  DatabaseCore::NextStates next;
  next.emplace_back(merge_->collection, std::move(state));
  STRATA_RETURN_IF_ERROR(core_->Commit(std::move(next), core_->flushed_sequence));
  Note(std::move(merge_->what));
  ++counts_.compactions;
  merge_.reset();
  core_->TakeOutTrash();
  return {};
}

Result<bool> Maintenance::StepIndex(uint64_t deadline_micros) {
  STRATA_ASSIGN_OR_RETURN(const bool done, index_->build->Step(deadline_micros));
  if (done) STRATA_RETURN_IF_ERROR(CommitIndex());
  return true;
}

Result<void> Maintenance::CommitIndex() {
  CollectionState state = index_->collection->state();
  if (SegmentHandle* handle = FindSegment(state, index_->build->segment())) {
    handle->index = index_->build->Take();
    DatabaseCore::NextStates next;
    next.emplace_back(index_->collection, std::move(state));
    STRATA_RETURN_IF_ERROR(core_->Commit(std::move(next), core_->flushed_sequence));
    Note(std::move(index_->what));
    ++counts_.index_builds;
  }
  index_.reset();
  return {};
}

Result<void> Maintenance::FinishFlush() {
  while (flush_ || core_->HasSealed()) {
    if (!flush_) StartFlush();
    if (auto stepped = StepFlush(kNever); !stepped) {
      flush_.reset();
      return PassedError{stepped.error()};
    }
  }
  return {};
}

void Maintenance::BeginCompact() {
  merge_.reset();
  index_.reset();
  CompactJob& job = compact_.emplace();
  for (const auto& collection : core_->collections) job.left.push_back(collection->id());
  job.collection_count = job.left.size();
}

void Maintenance::StopCompact() {
  if (!compact_) return;
  merge_.reset();
  index_.reset();
  compact_.reset();
}

Result<double> Maintenance::StepCompact(uint64_t micros) {
  if (!compact_) return Fail(ErrorCode::kFailedPrecondition, "no compaction has begun");
  const uint64_t deadline = core_->context.env->NowMicros() + micros;
  do {
    auto worked = RunOnce(deadline);
    if (!worked) {
      GiveUp();
      return PassedError{worked.error()};
    }
    if (!*worked) {
      compact_.reset();
      return 1;
    }
  } while (core_->context.env->NowMicros() < deadline);
  constexpr double kDoneMax = 0.99;  // 1 is for the end.
  double part = 0;
  if (merge_) part = 0.3 * merge_->build->progress() + 0.7 * (merge_->index ? merge_->index->progress() : 0);
  if (index_) part = index_->build->progress();
  const auto count = static_cast<double>(compact_->collection_count);
  const double done = (count - static_cast<double>(compact_->left.size()) + part) / std::max(count, 1.0);
  compact_->done = std::max(compact_->done, std::min(done, kDoneMax));
  return compact_->done;
}

Result<bool> Maintenance::PickForCompaction() {
  if (!compact_->sealed) {
    STRATA_RETURN_IF_ERROR(core_->MemtableBytes() == 0 ? core_->SyncLog() : core_->Seal());
    compact_->sealed = true;
    return true;
  }
  for (; !compact_->left.empty(); compact_->left.pop_back(), compact_->merged = false) {
    CollectionImpl* const collection = core_->Find(compact_->left.back());
    if (collection == nullptr) continue;  // Dropped meanwhile.
    const std::vector<CompactionPlan> plans = PlanMergeAll(FactsOf(*collection), Policy());
    if (plans.empty()) continue;
    if (std::holds_alternative<MergePlan>(plans.front())) {
      if (compact_->merged) continue;
      compact_->merged = true;
    }
    STRATA_RETURN_IF_ERROR(StartPlan(collection, plans.front()));
    return true;
  }
  return false;
}

void Maintenance::Forget(const CollectionImpl* collection) {
  // A flush covers all collections: it is begun again without this one.
  if (flush_ && std::any_of(flush_->parts.begin(), flush_->parts.end(),
                            [&](const FlushPart& part) { return part.collection == collection; })) {
    flush_.reset();
  }
  if (merge_ && merge_->collection == collection) merge_.reset();
  if (index_ && index_->collection == collection) index_.reset();
}

std::vector<std::string> Maintenance::PendingFor(const CollectionImpl& collection) const {
  std::vector<std::string> pending;
  if (!collection.state().sealed.empty())
    pending.push_back(Message({"flush up to batch ", core_->sealed_sequence}));
  for (const CompactionPlan& plan : PickCompactions(FactsOf(collection), Policy()))
    pending.push_back(Describe(plan));
  return pending;
}

std::vector<SegmentFacts> Maintenance::FactsOf(const CollectionImpl& collection) const {
  std::vector<SegmentFacts> facts;
  const bool wants_index = WantsIndex(collection.options());
  for (const SegmentHandle& handle : collection.state().segments) {
    const bool indexed = handle.index && handle.index->state() != IndexSlot::State::kDamaged;
    facts.push_back(
        {.file = handle.file(),
         .rows = handle.segment->row_count(),
         .dead_rows = handle.dead_count,
         .bytes = handle.segment->file_bytes(),
         .indexed = indexed || !wants_index || handle.segment->vector_count() < Policy().index_rows_min});
  }
  return facts;
}

CompactionPolicy Maintenance::Policy() const {
  CompactionPolicy policy;
  policy.index_rows_min = core_->context.options.index_rows_min;
  return policy;
}

void Maintenance::Note(std::string what) {
  constexpr size_t kDoneMax = 64;
  if (!HasIndexSuite()) return;  // Nobody can ask for it.
  if (done_.size() == kDoneMax) done_.pop_front();
  done_.push_back(std::move(what));
}

}  // namespace strata
