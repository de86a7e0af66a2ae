#include "collection/collection_impl.h"

#include <limits>

#include "collection/filter_rows.h"
#include "collection/inspector_impl.h"
#include "collection/searcher.h"
#include "collection/state_cursor.h"
#include "index/index_suite.h"

namespace strata {

CollectionImpl::CollectionImpl(EngineContext* context, Writer* writer, uint32_t id, std::string name,
                               CollectionOptions options)
    : context_(context), writer_(writer), id_(id), name_(std::move(name)), options_(std::move(options)) {
  if (HasIndexSuite()) inspector_ = std::make_unique<InspectorImpl>(context_, writer_, this);
}

CollectionImpl::~CollectionImpl() = default;

const CollectionState& CollectionImpl::StateOf(const ReadView* view) const {
  return view == nullptr ? state_ : static_cast<const StateView*>(view)->state();
}

Result<WriteReply> CollectionImpl::Write(std::vector<WriteOp> ops, WriteToken token, bool defer_sync) {
  return writer_->Write(*this, std::move(ops), token, defer_sync);
}

Result<WriteReply> CollectionImpl::DeleteWhere(std::string_view filter, WriteToken token, bool defer_sync) {
  STRATA_RETURN_IF_ERROR(writer_->CheckOpen());
  STRATA_ASSIGN_OR_RETURN(const Filter& parsed, ParseFilter(filter));
  if (!parsed) {
    return Fail(ErrorCode::kInvalidArgument,
                "deleteWhere needs a filter; drop the collection to remove everything");
  }
  ScanOptions options;
  options.filter = filter;
  options.include_metadata = options.include_text = options.include_vector = false;
  STRATA_ASSIGN_OR_RETURN(const auto& cursor, Scan(options, nullptr));
  STRATA_ASSIGN_OR_RETURN(std::vector<Record> && records, cursor->Next(std::numeric_limits<size_t>::max()));
  std::vector<WriteOp> ops;
  ops.reserve(records.size());
  for (Record& record : records) ops.push_back({.kind = WriteOp::Kind::kDelete, .record = std::move(record)});
  return writer_->Write(*this, std::move(ops), token, defer_sync);
}

std::shared_ptr<const ReadView> CollectionImpl::View() { return std::make_shared<StateView>(state_); }

Result<std::optional<Record>> CollectionImpl::Get(const RecordId& id, const ReadView* view) {
  STRATA_RETURN_IF_ERROR(writer_->CheckOpen());
  STRATA_ASSIGN_OR_RETURN(const std::string& key, EncodeKey(id));
  const CollectionState& state = StateOf(view);
  STRATA_ASSIGN_OR_RETURN(const auto& place, FindLive(state, key));
  if (!place) return std::nullopt;
  return ReadRecord(state, *place, /*want_vector=*/true);
}

Result<bool> CollectionImpl::Has(const RecordId& id, const ReadView* view) {
  STRATA_RETURN_IF_ERROR(writer_->CheckOpen());
  STRATA_ASSIGN_OR_RETURN(const std::string& key, EncodeKey(id));
  STRATA_ASSIGN_OR_RETURN(const auto& place, FindLive(StateOf(view), key));
  return place.has_value();
}

Result<uint64_t> CollectionImpl::Count(std::string_view filter, const ReadView* view) {
  STRATA_RETURN_IF_ERROR(writer_->CheckOpen());
  STRATA_ASSIGN_OR_RETURN(const Filter& parsed, ParseFilter(filter));
  const CollectionState& state = StateOf(view);
  if (!parsed) return state.LiveRecords();
  uint64_t count = 0;
  const auto count_table = [&](const Memtable& table) -> Result<void> {
    for (auto it = table.LowerBound(""); !it.done(); it.Next()) {
      STRATA_ASSIGN_OR_RETURN(const bool matches, MatchesRecord(*it.record(), parsed.get()));
      count += matches ? 1 : 0;
    }
    return {};
  };
  STRATA_RETURN_IF_ERROR(count_table(state.memtable));
  for (const Memtable& sealed : state.sealed) STRATA_RETURN_IF_ERROR(count_table(sealed));
  for (const SegmentHandle& handle : state.segments) {
    STRATA_ASSIGN_OR_RETURN(const RowBitmap& rows, LiveMatches(handle, parsed.get()));
    count += rows.Count();
  }
  return count;
}

Result<std::unique_ptr<Cursor>> CollectionImpl::Scan(const ScanOptions& options,
                                                     std::shared_ptr<const ReadView> view) {
  STRATA_RETURN_IF_ERROR(writer_->CheckOpen());
  if (!view) view = View();
  return StateCursor::Start(std::static_pointer_cast<const StateView>(view), options);
}

Result<SearchReply> CollectionImpl::Search(std::span<const float> query, const SearchOptions& options,
                                           const ReadView* view) {
  STRATA_RETURN_IF_ERROR(writer_->CheckOpen());
  return SearchState(context_, options_, StateOf(view), query, options, /*explain=*/false);
}

Result<SearchReply> CollectionImpl::Explain(std::span<const float> query, const SearchOptions& options,
                                            const ReadView* view) {
  STRATA_RETURN_IF_ERROR(writer_->CheckOpen());
  if (!HasIndexSuite()) return NotInThisBuild();
  return SearchState(context_, options_, StateOf(view), query, options, /*explain=*/true);
}

Result<SearchManyReply> CollectionImpl::SearchMany(std::span<const float> queries,
                                                   const SearchOptions& options, const ReadView* view) {
  STRATA_RETURN_IF_ERROR(writer_->CheckOpen());
  const size_t dimension = options_.dimension;
  if (dimension == 0 || queries.size() % dimension != 0) {
    return Fail(ErrorCode::kInvalidArgument, {"queries hold ", queries.size(),
                                              " numbers, expected a multiple of the dimension ", dimension});
  }
  if (options.text) return Fail(ErrorCode::kInvalidArgument, "searchMany takes vectors, and no text");
  SearchOptions bare = options;
  bare.include_metadata = bare.include_text = bare.include_vector = false;
  const size_t query_count = queries.size() / dimension;
  SearchManyReply reply;
  reply.k = options.k;
  reply.counts.reserve(query_count);
  for (size_t q = 0; q < query_count; ++q) {
    STRATA_ASSIGN_OR_RETURN(SearchReply && one,
                            Search(queries.subspan(q * dimension, dimension), bare, view));
    reply.counts.push_back(static_cast<uint32_t>(one.hits.size()));
    for (Hit& hit : one.hits) {
      reply.ids.push_back(std::move(hit.id));
      reply.distances.push_back(hit.distance);
    }
  }
  return reply;
}

Inspector& CollectionImpl::inspect() { return *inspector_; }

}  // namespace strata
