#include "collection/state_cursor.h"

#include <algorithm>
#include <utility>

namespace strata {
namespace {

// The first key after every key that begins with `prefix`; nothing if there is none.
std::optional<std::string> AfterPrefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace

Result<std::unique_ptr<Cursor>> StateCursor::Start(std::shared_ptr<const StateView> view,
                                                   const ScanOptions& options) {
  STRATA_ASSIGN_OR_RETURN(Filter && filter, ParseFilter(options.filter));
  std::string from = options.from_key.value_or("");
  std::optional<std::string> to = options.to_key;
  if (options.prefix) {
    const std::string low = kStringKeyTag + *options.prefix;
    from = std::max(from, low);
    const std::optional<std::string> high = AfterPrefix(low);
    if (high && (!to || *high < *to)) to = high;
  }

  const CollectionState& state = view->state();
  std::vector<MergeSource> sources;
  std::vector<std::unique_ptr<RowVectors>> vectors;
  for (const Memtable& sealed : state.sealed)
    sources.push_back({.segment = nullptr, .dead = nullptr, .memtable = sealed});
  sources.push_back({.segment = nullptr, .dead = nullptr, .memtable = state.memtable});
  vectors.resize(sources.size());
  for (const SegmentHandle& handle : state.segments) {
    std::shared_ptr<const RowBitmap> skipped = handle.dead;
    if (filter) {
      STRATA_ASSIGN_OR_RETURN(RowBitmap && matching, LiveMatches(handle, filter.get()));
      matching.Invert();
      skipped = std::make_shared<RowBitmap>(std::move(matching));
    }
    sources.push_back({.segment = handle.segment, .dead = std::move(skipped), .memtable = {}});
    vectors.push_back(handle.segment->Vectors());
  }
  STRATA_ASSIGN_OR_RETURN(MergeRows && merge, MergeRows::Start(std::move(sources), from));
  std::unique_ptr<StateCursor> cursor(
      new StateCursor(std::move(view), options, std::move(filter), std::move(merge)));
  cursor->to_key_ = std::move(to);
  cursor->vectors_ = std::move(vectors);
  return cursor;
}

Result<std::vector<Record>> StateCursor::Next(size_t count) {
  std::vector<Record> records;
  while (records.size() < count && delivered_ < options_.limit && !merge_.done()) {
    const MergedRow& row = merge_.row();
    if (to_key_ && row.key >= *to_key_) break;
    bool wanted = true;  // Rows of segments were filtered by bitmap.
    if (row.record != nullptr) {
      STRATA_ASSIGN_OR_RETURN(wanted, MatchesRecord(*row.record, filter_.get()));
    }
    if (wanted) {
      STRATA_ASSIGN_OR_RETURN(Record && record, ReadCurrent());
      records.push_back(std::move(record));
      ++delivered_;
    }
    STRATA_RETURN_IF_ERROR(merge_.Next());
  }
  return records;
}

Result<Record> StateCursor::ReadCurrent() {
  const MergedRow& row = merge_.row();
  Record record;
  STRATA_ASSIGN_OR_RETURN(record.id, DecodeKey(row.key));
  if (options_.include_metadata) record.metadata = row.metadata;
  if (options_.include_text && row.text) record.text = std::string(*row.text);
  if (options_.include_vector && row.has_vector) {
    if (row.record != nullptr) {
      record.vector = row.record->vector;
    } else {
      RowVectors& rows = *vectors_[row.source];
      STRATA_ASSIGN_OR_RETURN(const float* vector, rows.Get(row.row));
      record.vector.assign(vector, vector + rows.dimension());
    }
  }
  return record;
}

}  // namespace strata
