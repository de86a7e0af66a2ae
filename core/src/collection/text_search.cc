#include "collection/text_search.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "collection/filter_rows.h"
#include "collection/fusion.h"
#include "text/bm25.h"
#include "text/inverted_index_builder.h"
#include "text/scanned_texts.h"
#include "text/text_query.h"
#include "text/text_scorer.h"
#include "vector/distance.h"

namespace strata {
namespace {

constexpr uint32_t kFusionDepthDefault = 100;

void SetAside(EngineContext* context, InvertedIndex* index, Error damage) {
  context->notes.push_back(Message(
      {"text index set aside, texts of its segment are read until it is merged: ", damage.message()}));
  index->SetAside(std::move(damage));
}

// Finds the records of one state that answer best to some words. In two rounds, since the score of any
// depends on how many records have each word: every memtable and segment is opened and counted, then all are
// scored.
//
// A damaged index is set aside when it is met, and everything begins again.
class TextSearch {
 public:
  TextSearch(const SearchRun& run, std::vector<std::string> terms) : run_(run), terms_(std::move(terms)) {}

  // The k best, ascending by (negated score, id).
  Result<std::vector<FoundRecord>> Find(uint32_t k) {
    const size_t plans_before = run_.reply->plans.size();
    for (;;) {
      auto found = TryFind(k);
      if (found || index_in_use_ == nullptr || found.error().code() != ErrorCode::kCorruption) return found;
      SetAside(run_.engine, index_in_use_, std::move(found).error());
      run_.reply->plans.resize(plans_before);
    }
  }

 private:
  // The texts of a memtable or a segment.
  struct Part {
    const SegmentHandle* segment = nullptr;  // Null: a memtable.
    size_t segment_place = 0;                // In CollectionState::segments.
    std::vector<const MemRecord*> records;   // Of a memtable; row r is records[r].
    InvertedIndex* index = nullptr;          // Null: the texts were read.
    std::unique_ptr<ScannedTexts> texts;
    std::optional<TextScorer> scorer;

    RecordPlace PlaceOf(Row row) const {
      return segment == nullptr ? RecordPlace{.record = records[row]}
                                : RecordPlace{.segment = segment_place, .row = row};
    }
    uint32_t live_rows() const {
      return segment == nullptr ? static_cast<uint32_t>(records.size()) : segment->live_rows();
    }
  };

  Result<std::vector<FoundRecord>> TryFind(uint32_t k);
  Result<void> OpenMemtable(const Memtable& table);
  Result<void> OpenSegment(size_t place);
  Result<void> Count(Part part);
  Result<void> Score(const Part& part, uint32_t k, const Bm25& bm25, std::span<const float> weights,
                     std::vector<FoundRecord>* found);
  // Rows that are live and match; nothing: all.
  Result<std::optional<RowBitmap>> Allowed(const Part& part) const;
  void Describe(const Part& part, uint32_t matching) const;

  const SearchRun& run_;
  std::vector<std::string> terms_;
  std::vector<Part> parts_;
  QueryStatistics statistics_;
  InvertedIndex* index_in_use_ = nullptr;  // When something fails: what failed, if it was an index.
};

Result<std::vector<FoundRecord>> TextSearch::TryFind(uint32_t k) {
  const CollectionState& state = *run_.state;
  parts_.clear();
  statistics_ = {.totals = {}, .document_frequencies = std::vector<uint64_t>(terms_.size())};
  index_in_use_ = nullptr;
  STRATA_RETURN_IF_ERROR(OpenMemtable(state.memtable));
  for (const Memtable& sealed : state.sealed) STRATA_RETURN_IF_ERROR(OpenMemtable(sealed));
  for (size_t i = 0; i < state.segments.size(); ++i) STRATA_RETURN_IF_ERROR(OpenSegment(i));

  const Bm25 bm25(statistics_.totals);
  std::vector<float> weights;
  for (const uint64_t frequency : statistics_.document_frequencies) weights.push_back(bm25.Weight(frequency));
  std::vector<FoundRecord> found;
  for (const Part& part : parts_) STRATA_RETURN_IF_ERROR(Score(part, k, bm25, weights, &found));
  index_in_use_ = nullptr;
  STRATA_RETURN_IF_ERROR(KeepNearest(state, k, &found));
  return found;
}

Result<void> TextSearch::OpenMemtable(const Memtable& table) {
  if (table.size() == 0) return {};
  Part part;
  part.texts = std::make_unique<ScannedTexts>(static_cast<uint32_t>(table.size()), terms_);
  for (auto it = table.LowerBound(""); !it.done(); it.Next()) {
    const MemRecord& record = *it.record();
    if (record.text) part.texts->Add(static_cast<Row>(part.records.size()), *record.text);
    part.records.push_back(&record);
  }
  return Count(std::move(part));
}

Result<void> TextSearch::OpenSegment(size_t place) {
  const SegmentHandle& handle = run_.state->segments[place];
  Part part{.segment = &handle, .segment_place = place};
  if (handle.text && !handle.text->damage()) {
    part.index = handle.text.get();
    return Count(std::move(part));
  }
  // Dead rows are left out, so they need not be counted off later.
  index_in_use_ = nullptr;
  part.texts = std::make_unique<ScannedTexts>(handle.segment->row_count(), terms_);
  for (Row row = 0; row < handle.segment->row_count(); ++row) {
    if (handle.IsDead(row)) continue;
    STRATA_ASSIGN_OR_RETURN(const StoredRecord& record, handle.segment->Read(row));
    if (record.text) part.texts->Add(row, *record.text);
  }
  return Count(std::move(part));
}

Result<void> TextSearch::Count(Part part) {
  index_in_use_ = part.index;
  TextSource* source = part.index;
  const RowBitmap* dead = nullptr;
  if (part.texts) {
    part.texts->End();
    source = part.texts.get();
    run_.reply->counters.texts_read += part.live_rows();
  } else if (part.segment->dead_count != 0) {
    dead = part.segment->dead.get();
  }
  STRATA_ASSIGN_OR_RETURN(part.scorer, TextScorer::Open(source, terms_));
  STRATA_RETURN_IF_ERROR(part.scorer->Count(dead, &statistics_));
  parts_.push_back(std::move(part));
  return {};
}

Result<std::optional<RowBitmap>> TextSearch::Allowed(const Part& part) const {
  if (part.segment != nullptr) {
    if (run_.filter == nullptr && part.segment->dead_count == 0) return std::nullopt;
    return LiveMatches(*part.segment, run_.filter);
  }
  if (run_.filter == nullptr) return std::nullopt;
  RowBitmap allowed(part.live_rows());
  for (Row row = 0; row < part.live_rows(); ++row) {
    STRATA_ASSIGN_OR_RETURN(const bool matches, MatchesRecord(*part.records[row], run_.filter));
    if (matches) allowed.Set(row);
  }
  return allowed;
}

Result<void> TextSearch::Score(const Part& part, uint32_t k, const Bm25& bm25, std::span<const float> weights,
                               std::vector<FoundRecord>* found) {
  index_in_use_ = nullptr;
  STRATA_ASSIGN_OR_RETURN(const std::optional<RowBitmap>& allowed, Allowed(part));
  const uint32_t matching = allowed ? allowed->Count() : part.live_rows();
  Describe(part, matching);
  if (matching == 0) return {};
  index_in_use_ = part.index;
  STRATA_ASSIGN_OR_RETURN(const std::vector<ScoredRow>& rows,
                          part.scorer->Best(k, bm25, weights, allowed ? &*allowed : nullptr));
  run_.reply->counters.postings_read += part.scorer->posting_count();
  for (const ScoredRow& row : rows) {
    found->push_back({.distance = row.distance, .place = part.PlaceOf(row.row)});
  }
  return {};
}

void TextSearch::Describe(const Part& part, uint32_t matching) const {
  SegmentPlan* const plan = run_.NextPlan();
  if (plan == nullptr) return;
  plan->segment = part.segment == nullptr ? 0 : part.segment->file();
  plan->rows = part.live_rows();
  plan->matching_rows = matching;
  plan->strategy = matching == 0 ? "none" : part.index != nullptr ? "text-index" : "text-scan";
  if (part.index != nullptr) {
    plan->reason = Message({"text: its index has ", part.scorer->terms_found(), " of ", terms_.size(),
                            " words, with ", part.scorer->posting_count(), " postings"});
  } else {
    const std::string_view what = part.segment == nullptr ? "the memtable has no text index"
                                  : part.segment->text    ? "the segment's text index is damaged"
                                                          : "the segment has no text index";
    plan->reason = Message({"text: ", what, ", so its ", part.live_rows(), " records were read"});
  }
}

Result<std::vector<FoundRecord>> FindByText(const SearchRun& run, uint32_t k) {
  const uint64_t start = run.explain ? run.engine->env->NowMicros() : 0;
  STRATA_ASSIGN_OR_RETURN(std::vector<std::string> && terms, ParseTextQuery(*run.options->text));
  if (terms.empty()) return std::vector<FoundRecord>{};
  auto found = TextSearch(run, std::move(terms)).Find(k);
  if (run.explain) run.reply->counters.text_micros = run.engine->env->NowMicros() - start;
  return found;
}

// The distance from the vector of the record at `place`, NaN if it has none.
Result<float> Measure(const SearchRun& run, const ExactDistance& exact, const RecordPlace& place) {
  ++run.reply->counters.distances_exact;
  if (place.record != nullptr) {
    return place.record->vector.empty() ? std::numeric_limits<float>::quiet_NaN()
                                        : exact(place.record->vector.data());
  }
  Segment& segment = *run.state->segments[place.segment].segment;
  if (!segment.HasVector(place.row)) return std::numeric_limits<float>::quiet_NaN();
  const auto vectors = segment.Vectors();
  STRATA_ASSIGN_OR_RETURN(const float* vector, vectors->Get(place.row));
  return exact(vector);
}

// The k best of both searches. What only the search by text found is measured: for the radius, and so that
// each hit that has a vector has a distance.
Result<std::vector<RankedRecord>> SearchBoth(const SearchRun& run, std::span<const float> query) {
  const SearchOptions& options = *run.options;
  SearchOptions deep = options;
  deep.k = std::max(options.k, options.fusion.depth != 0 ? options.fusion.depth : kFusionDepthDefault);
  SearchRun deep_run = run;
  deep_run.options = &deep;
  STRATA_ASSIGN_OR_RETURN(const std::vector<FoundRecord>& by_vector, FindNearest(deep_run, query));
  STRATA_ASSIGN_OR_RETURN(std::vector<FoundRecord> && by_text, FindByText(run, deep.k));
  const ExactDistance exact(run.collection->metric, query);
  if (options.radius) {
    Result<void> status;
    std::erase_if(by_text, [&](const FoundRecord& record) {
      auto distance = Measure(run, exact, record.place);
      if (!distance) status = PassedError{distance.error()};
      return !distance || !(*distance <= *options.radius);
    });
    STRATA_RETURN_IF_ERROR(std::move(status));
  }
  std::vector<FusedRecord> fused = Fuse(options.fusion, by_vector, by_text);
  if (fused.size() > options.k) fused.resize(options.k);
  std::vector<RankedRecord> ranked;
  for (const FusedRecord& record : fused) {
    const FoundRecord& found = record.record();
    RankedRecord& hit = ranked.emplace_back();
    hit = {.distance = found.distance, .score = record.score, .place = found.place, .key = found.key};
    if (record.by_vector == nullptr) {
      STRATA_ASSIGN_OR_RETURN(hit.distance, Measure(run, exact, found.place));
    }
  }
  return ranked;
}

}  // namespace

bool HasTextSearch() { return true; }

std::unique_ptr<TextIndexBuilder> MakeTextIndexBuilder() { return std::make_unique<InvertedIndexBuilder>(); }

Result<std::shared_ptr<InvertedIndex>> OpenTextIndex(EngineContext* context, const Segment& segment) {
  STRATA_ASSIGN_OR_RETURN(std::shared_ptr<InvertedIndex> && index,
                          InvertedIndex::Open(segment.sections(), segment.row_count()));
  if (index && index->damage()) SetAside(context, index.get(), *index->damage());
  return index;
}

Result<std::vector<RankedRecord>> SearchText(const SearchRun& run, std::span<const float> query) {
  if (!query.empty()) return SearchBoth(run, query);
  STRATA_ASSIGN_OR_RETURN(std::vector<FoundRecord> && found, FindByText(run, run.options->k));
  std::vector<RankedRecord> ranked;
  for (FoundRecord& f : found) {
    ranked.push_back({.distance = std::numeric_limits<float>::quiet_NaN(),
                      .score = -f.distance,
                      .place = f.place,
                      .key = std::move(f.key)});
  }
  return ranked;
}

}  // namespace strata
