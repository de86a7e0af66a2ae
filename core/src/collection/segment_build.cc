#include "collection/segment_build.h"

#include <algorithm>
#include <utility>

#include "collection/text_search.h"

namespace strata {

SegmentBuild::SegmentBuild(EngineContext* context, const CollectionOptions& options, uint64_t sequence,
                           std::vector<Memtable> memtables, std::vector<SegmentHandle> segments)
    : context_(context),
      options_(options),
      memtables_(std::move(memtables)),
      segments_(std::move(segments)),
      header_(context->NewHeader(FileKind::kSegment, sequence)) {
  for (const Memtable& table : memtables_) row_count_expected_ += table.size();
  for (const SegmentHandle& handle : segments_) row_count_expected_ += handle.live_rows();
}

SegmentBuild::~SegmentBuild() {
  if (!file_begun_) return;
  writer_.reset();
  FileLease(header_.file, context_->trash, false);
}

Result<bool> SegmentBuild::Step(uint64_t deadline_micros) {
  if (row_count_expected_ == 0) phase_ = Phase::kDone;
  if (phase_ == Phase::kStart) STRATA_RETURN_IF_ERROR(Start());
  if (phase_ == Phase::kRecords) STRATA_RETURN_IF_ERROR(CopyRecords(deadline_micros));
  if (phase_ == Phase::kVectors) STRATA_RETURN_IF_ERROR(CopyVectors(deadline_micros));
  if (phase_ == Phase::kIndexes) STRATA_RETURN_IF_ERROR(WriteIndexes(deadline_micros));
  return phase_ == Phase::kDone;
}

double SegmentBuild::progress() const {
  if (phase_ == Phase::kDone) return 1;
  return static_cast<double>(origins_.size() + vector_rows_done_) /
         (2.0 * static_cast<double>(row_count_expected_) + 1);
}

Result<void> SegmentBuild::Start() {
  std::vector<MergeSource> sources;
  for (const Memtable& table : memtables_)
    sources.push_back({.segment = nullptr, .dead = nullptr, .memtable = table});
  for (const SegmentHandle& handle : segments_) {
    sources.push_back({.segment = handle.segment, .dead = handle.dead, .memtable = {}});
    vectors_.push_back(handle.segment->Vectors());
  }
  STRATA_ASSIGN_OR_RETURN(merge_, MergeRows::Start(std::move(sources)));
  file_begun_ = true;
  STRATA_ASSIGN_OR_RETURN(writer_, SegmentWriter::Create(context_->env, header_, options_.dimension));
  attributes_ =
      std::make_unique<AttributeIndexBuilder>(static_cast<uint32_t>(row_count_expected_), options_.indexed);
  if (options_.text_index) texts_ = MakeTextIndexBuilder();
  origins_.reserve(static_cast<size_t>(row_count_expected_));
  phase_ = Phase::kRecords;
  return {};
}

Result<void> SegmentBuild::CopyRecords(uint64_t deadline_micros) {
  while (!merge_->done()) {
    const MergedRow& row = merge_->row();
    STRATA_ASSIGN_OR_RETURN(const Row& new_row,
                            writer_->AddRecord(row.key, row.metadata, row.text, row.has_vector));
    STRATA_RETURN_IF_ERROR(attributes_->Add(new_row, row.metadata));
    if (texts_ && row.text) texts_->Add(new_row, *row.text);
    origins_.push_back({.source = static_cast<uint32_t>(row.source), .row = row.row, .record = row.record});
    STRATA_RETURN_IF_ERROR(merge_->Next());
    if (Late(origins_.size(), deadline_micros)) return {};
  }
  merge_.reset();
  STRATA_RETURN_IF_ERROR(writer_->EndRecords());
  phase_ = Phase::kVectors;
  return {};
}

Result<void> SegmentBuild::CopyVectors(uint64_t deadline_micros) {
  while (vector_rows_done_ < origins_.size()) {
    const Origin& origin = origins_[vector_rows_done_];
    if (origin.record != nullptr) {
      STRATA_RETURN_IF_ERROR(origin.record->vector.empty() ? writer_->AddNoVector()
                                                           : writer_->AddVector(origin.record->vector));
    } else {
      RowVectors& rows = *vectors_[origin.source - memtables_.size()];
      if (rows.Has(origin.row)) {
        STRATA_ASSIGN_OR_RETURN(const float* vector, rows.Get(origin.row));
        STRATA_RETURN_IF_ERROR(writer_->AddVector({vector, options_.dimension}));
      } else {
        STRATA_RETURN_IF_ERROR(writer_->AddNoVector());
      }
    }
    if (Late(++vector_rows_done_, deadline_micros)) return {};
  }
  STRATA_RETURN_IF_ERROR(writer_->EndVectors());
  phase_ = Phase::kIndexes;
  return {};
}

Result<void> SegmentBuild::WriteIndexes(uint64_t deadline_micros) {
  if (attributes_) {
    STRATA_RETURN_IF_ERROR(attributes_->Write(writer_->sections()));
    attributes_.reset();
  }
  while (texts_) {
    STRATA_ASSIGN_OR_RETURN(const bool written,
                            texts_->Write(static_cast<uint32_t>(origins_.size()), writer_->sections()));
    if (written) texts_.reset();
    if (texts_ && context_->env->NowMicros() >= deadline_micros) return {};
  }
  STRATA_RETURN_IF_ERROR(writer_->Finish());
  writer_.reset();
  phase_ = Phase::kDone;
  return {};
}

bool SegmentBuild::Late(size_t rows_done, uint64_t deadline_micros) const {
  constexpr size_t kRowsPerLookAtTheClock = 16;
  return rows_done % kRowsPerLookAtTheClock == 0 && context_->env->NowMicros() >= deadline_micros;
}

Result<std::optional<SegmentHandle>> SegmentBuild::Take() {
  if (origins_.empty()) return std::nullopt;
  const auto row_count = static_cast<uint32_t>(origins_.size());
  const SegmentEntry entry{
      .file = header_.file, .index_file = 0, .row_count = row_count, .dead = RowBitmap(row_count)};
  STRATA_ASSIGN_OR_RETURN(SegmentHandle && handle, OpenSegment(context_, entry, /*wanted=*/false));
  file_begun_ = false;
  return handle;
}

}  // namespace strata
