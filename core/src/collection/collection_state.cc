#include "collection/collection_state.h"

#include <memory>
#include <string>

namespace strata {
namespace {

// Ends the life of the record under `key` outside the memtable, if there is one.
Result<void> RetireOlder(std::string_view key, CollectionState* state) {
  for (Memtable& sealed : state->sealed) {
    if (sealed.Erase(key)) return {};
  }
  for (size_t i = state->segments.size(); i-- > 0;) {
    SegmentHandle& handle = state->segments[i];
    STRATA_ASSIGN_OR_RETURN(const std::optional<Row>& row, handle.segment->Find(key));
    if (row && !handle.IsDead(*row)) {
      handle.MarkDead(*row);
      return {};
    }
  }
  return {};
}

}  // namespace

uint64_t CollectionState::LiveRecords() const {
  uint64_t count = memtable.size();
  for (const Memtable& table : sealed) count += table.size();
  for (const SegmentHandle& handle : segments) count += handle.live_rows();
  return count;
}

Result<std::optional<RecordPlace>> FindLive(const CollectionState& state, std::string_view key) {
  if (const MemRecord* record = state.memtable.Find(key)) return RecordPlace{.record = record};
  for (const Memtable& sealed : state.sealed) {
    if (const MemRecord* record = sealed.Find(key)) return RecordPlace{.record = record};
  }
  for (size_t i = state.segments.size(); i-- > 0;) {
    const SegmentHandle& handle = state.segments[i];
    STRATA_ASSIGN_OR_RETURN(const std::optional<Row>& row, handle.segment->Find(key));
    if (row && !handle.IsDead(*row)) return RecordPlace{.segment = i, .row = *row};
  }
  return std::nullopt;
}

Result<Record> ReadRecord(const CollectionState& state, const RecordPlace& place, bool want_vector) {
  Record record;
  if (place.record != nullptr) {
    STRATA_ASSIGN_OR_RETURN(record.id, DecodeKey(place.record->key));
    if (want_vector) record.vector = place.record->vector;
    record.metadata = place.record->metadata;
    record.text = place.record->text;
    return record;
  }
  const SegmentHandle& handle = state.segments[place.segment];
  STRATA_ASSIGN_OR_RETURN(const auto& stored, handle.segment->Read(place.row));
  STRATA_ASSIGN_OR_RETURN(record.id, DecodeKey(stored.key));
  record.metadata = stored.metadata;
  if (stored.text) record.text = std::string(*stored.text);
  if (want_vector && handle.segment->HasVector(place.row)) {
    const auto vectors = handle.segment->Vectors();
    STRATA_ASSIGN_OR_RETURN(const float* vector, vectors->Get(place.row));
    record.vector.assign(vector, vector + handle.segment->dimension());
  }
  return record;
}

Result<void> ApplyOps(std::vector<BatchOp>&& ops, uint64_t sequence, CollectionState* state) {
  for (BatchOp& op : ops) {
    if (state->memtable.Find(op.key) == nullptr) STRATA_RETURN_IF_ERROR(RetireOlder(op.key, state));
    if (op.erase) {
      state->memtable.Erase(op.key);
      continue;
    }
    auto record = std::make_shared<MemRecord>();
    record->key = std::move(op.key);
    record->sequence = sequence;
    record->vector = std::move(op.vector);
    record->metadata = std::move(op.metadata);
    record->text = std::move(op.text);
    state->memtable.Upsert(std::move(record));
  }
  state->sequence = sequence;
  return {};
}

}  // namespace strata
