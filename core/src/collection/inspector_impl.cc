#include "collection/inspector_impl.h"

#include <algorithm>
#include <string>

#include "bytes/append.h"
#include "collection/index_build.h"
#include "collection/searcher.h"
#include "vector/pca.h"

namespace strata {
namespace {

std::string IndexState(const SegmentHandle& handle, const CollectionOptions& options) {
  constexpr const char* kNames[] = {"flat", "hnsw", "kd-tree", "lsh", "kd-lsh"};
  if (!WantsIndex(options)) return "none";
  if (!handle.index) return "building";
  if (handle.index->state() == IndexSlot::State::kDamaged) return "damaged";
  return kNames[static_cast<size_t>(options.index)];
}

}  // namespace

Result<const SegmentHandle*> InspectorImpl::FindSegment(uint64_t segment) const {
  for (const SegmentHandle& handle : collection_->state().segments) {
    if (handle.file() == segment) return &handle;
  }
  return Fail(ErrorCode::kNotFound, {"the collection has no segment ", segment});
}

Result<VectorIndex*> InspectorImpl::FindIndex(uint64_t segment) const {
  STRATA_ASSIGN_OR_RETURN(const SegmentHandle* handle, FindSegment(segment));
  VectorIndex* const index = handle->index ? handle->index->Get(context_, collection_->options()) : nullptr;
  if (index == nullptr) {
    if (handle->index) return Fail(ErrorCode::kCorruption, {"the index of segment ", segment, " is damaged"});
    return Fail(ErrorCode::kFailedPrecondition, {"segment ", segment, " has no vector index (yet)"});
  }
  return index;
}

std::vector<SegmentInfo> InspectorImpl::Segments() {
  std::vector<SegmentInfo> infos;
  for (const SegmentHandle& handle : collection_->state().segments) {
    SegmentInfo& info = infos.emplace_back();
    info.file = handle.file();
    info.index_file = handle.index ? handle.index->file() : 0;
    info.rows = handle.segment->row_count();
    info.dead_rows = handle.dead_count;
    info.bytes = handle.segment->file_bytes();
    if (handle.index) {
      if (const VectorIndex* index = handle.index->Get(context_, collection_->options())) {
        info.layer_rows = index->LayerRows();
      }
    }
    info.index = IndexState(handle, collection_->options());
  }
  return infos;
}

std::vector<MemtableNode> InspectorImpl::Memtable() {
  std::vector<MemtableNode> nodes;
  collection_->state().memtable.VisitPreOrder([&nodes](const strata::Memtable::NodeView& view) {
    MemtableNode& node = nodes.emplace_back();
    if (auto id = DecodeKey(view.record->key)) node.id = std::move(*id);
    node.left = view.left;
    node.right = view.right;
    node.height = view.height;
    node.balance = view.balance;
  });
  return nodes;
}

Result<GraphLayer> InspectorImpl::Graph(uint64_t segment, uint32_t layer) {
  STRATA_ASSIGN_OR_RETURN(const VectorIndex* index, FindIndex(segment));
  if (layer >= index->LayerRows().size()) {
    return Fail(ErrorCode::kInvalidArgument, {"segment ", segment, " has layers 0 to ",
                                              index->LayerRows().size() - 1, ", asked for ", layer});
  }
  return index->Layer(layer);
}

Result<std::vector<TraceEvent>> InspectorImpl::Trace(std::span<const float> query, uint32_t k,
                                                     uint32_t ef_search) {
  SearchOptions options;
  options.k = k;
  options.ef_search = ef_search;
  std::vector<TraceEvent> events;
  STRATA_RETURN_IF_ERROR(SearchState(context_, collection_->options(), collection_->state(), query, options,
                                     /*explain=*/false, &events));
  return events;
}

Result<Codebook> InspectorImpl::Codebooks(uint64_t segment) {
  STRATA_ASSIGN_OR_RETURN(const VectorIndex* index, FindIndex(segment));
  return index->Codes();
}

Result<Projection> InspectorImpl::ProjectPca(uint32_t points_max) {
  const CollectionState& state = collection_->state();
  const size_t dimension = collection_->options().dimension;
  const uint64_t live = std::max<uint64_t>(state.LiveRecords(), 1);
  const double keep_one_in = std::max(1.0, static_cast<double>(live) / std::max<uint32_t>(points_max, 1));
  Projection projection;
  std::vector<float> rows;
  double next = 0;
  uint64_t seen = 0;
  const auto take = [&](std::string_view key, const float* vector) -> Result<void> {
    if (static_cast<double>(seen++) < next) return {};
    next += keep_one_in;
    STRATA_ASSIGN_OR_RETURN(RecordId && id, DecodeKey(key));
    projection.ids.push_back(std::move(id));
    AppendAll({vector, dimension}, &rows);
    return {};
  };
  for (const SegmentHandle& handle : state.segments) {
    const auto vectors = handle.segment->Vectors();
    for (Row row = 0; row < handle.segment->row_count(); ++row) {
      if (handle.IsDead(row) || !vectors->Has(row)) continue;
      STRATA_ASSIGN_OR_RETURN(const StoredRecord& stored, handle.segment->Read(row));
      STRATA_ASSIGN_OR_RETURN(const float* vector, vectors->Get(row));
      STRATA_RETURN_IF_ERROR(take(stored.key, vector));
    }
  }
  const auto take_table = [&](const strata::Memtable& table) -> Result<void> {
    for (auto it = table.LowerBound(""); !it.done(); it.Next()) {
      if (!it.record()->vector.empty())
        STRATA_RETURN_IF_ERROR(take(it.record()->key, it.record()->vector.data()));
    }
    return {};
  };
  for (const strata::Memtable& sealed : state.sealed) STRATA_RETURN_IF_ERROR(take_table(sealed));
  STRATA_RETURN_IF_ERROR(take_table(state.memtable));
  if (rows.empty()) return projection;
  const Pca pca = FitPca(rows, dimension);
  projection.points = pca.Project(rows);
  projection.variance = pca.variance_share;
  return projection;
}

Result<RecordId> InspectorImpl::IdOf(uint64_t segment, uint32_t row) {
  STRATA_ASSIGN_OR_RETURN(const SegmentHandle* handle, FindSegment(segment));
  if (row >= handle->segment->row_count()) {
    return Fail(ErrorCode::kNotFound,
                {"segment ", segment, " has ", handle->segment->row_count(), " rows, asked for row ", row});
  }
  STRATA_ASSIGN_OR_RETURN(const StoredRecord& stored, handle->segment->Read(row));
  return DecodeKey(stored.key);
}

std::vector<MemoryPart> InspectorImpl::Memory() {
  const CollectionState& state = collection_->state();
  uint64_t memtables = state.memtable.bytes();
  for (const strata::Memtable& sealed : state.sealed) memtables += sealed.bytes();
  uint64_t segments = 0, attributes = 0, indexes = 0;
  for (const SegmentHandle& handle : state.segments) {
    segments += handle.segment->memory_bytes();
    attributes += handle.attributes->memory_bytes();
    if (handle.index) indexes += handle.index->memory_bytes();
  }
  return {{"memtables", memtables},
          {"segment tables", segments},
          {"attribute indexes", attributes},
          {"vector indexes", indexes},
          {"block cache (whole database)", context_->cache->stats().bytes}};
}

}  // namespace strata
