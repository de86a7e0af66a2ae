#include "index/hnsw_index.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "index/index_file.h"
#include "index/index_kinds.h"
#include "index/index_suite.h"

namespace strata {
namespace {

// What opening a row costs on layer 0, most of its neighbours being known already: 6 (Fashion-MNIST) to 10
// (word2vec).
constexpr double kDistancesPerOpenedRow = 8;

IndexMeta MetaOf(const CollectionOptions& options, uint32_t row_count) {
  return {.type = IndexType::kHnsw,
          .quantization = options.quantization,
          .metric = options.metric,
          .dimension = options.dimension,
          .row_count = row_count,
          .hnsw_m = options.hnsw_m};
}

}  // namespace

HnswIndex::HnswIndex(const CollectionOptions& options, NodeOrder order, HnswGraph graph,
                     std::unique_ptr<RowCodes> codes)
    : options_(options), order_(std::move(order)), graph_(std::move(graph)), codes_(std::move(codes)) {}

size_t HnswIndex::memory_bytes() const {
  return order_.memory_bytes() + graph_.memory_bytes() + (codes_ ? codes_->memory_bytes() : 0) +
         scratch_.memory_bytes();
}

WalkGoal HnswIndex::GoalOf(const WalkParams& params, const RowBitmap* allowed) const {
  WalkGoal goal{.wanted_max = std::max(params.ef, params.count), .allowed = allowed, .order = &order_};
  if (allowed == nullptr) return goal;
  const uint64_t matching = allowed->Count();
  const double share = static_cast<double>(matching) / graph_.row_count();
  goal.wanted_max = std::max<size_t>(params.count, static_cast<size_t>(std::ceil(params.ef * share)));
  const double walk_distances = kDistancesPerOpenedRow * static_cast<double>(goal.wanted_max) / share;
  goal.distances_max = walk_distances < static_cast<double>(matching) ? matching : 0;
  return goal;
}

GraphLayer HnswIndex::Layer(uint32_t layer) const {
  if (!HasIndexSuite()) return {};  // Nobody can ask for it.
  GraphLayer view;
  view.offsets.push_back(0);
  for (Row row = 0; row < graph_.row_count(); ++row) {
    const Row node = order_.NodeOf(row);
    if (!graph_.Has(node) || graph_.Level(node) < layer) continue;
    view.rows.push_back(row);
    for (const Row link : graph_.Links(node, layer)) view.links.push_back(order_.RowOf(link));
    view.offsets.push_back(static_cast<uint32_t>(view.links.size()));
  }
  return view;
}

Codebook HnswIndex::Codes() const { return codes_ ? codes_->codebook() : Codebook{}; }

Result<void> HnswIndex::Save(SectionWriter& writer) const {
  IndexMeta meta = MetaOf(options_, graph_.row_count());
  meta.hnsw_entry = graph_.entry();
  STRATA_RETURN_IF_ERROR(WriteMeta(writer, meta));
  if (codes_) STRATA_RETURN_IF_ERROR(codes_->Save(writer));
  STRATA_RETURN_IF_ERROR(WriteArray(writer, index_section::kNodeOrder, order_.row_of()));
  STRATA_RETURN_IF_ERROR(WriteArray(writer, index_section::kGraphBase, graph_.base()));
  STRATA_RETURN_IF_ERROR(WriteArray(writer, index_section::kGraphUpperOffset, graph_.upper_offset()));
  return WriteArray(writer, index_section::kGraphUpper, graph_.upper());
}

Result<std::unique_ptr<VectorIndex>> HnswIndex::Load(const CollectionOptions& options, uint32_t row_count,
                                                     SectionReader& reader) {
  STRATA_ASSIGN_OR_RETURN(const IndexMeta& meta, ReadMeta(reader, MetaOf(options, row_count)));
  STRATA_ASSIGN_OR_RETURN(std::unique_ptr<RowCodes> && codes, LoadRowCodes(options, row_count, reader));
  const uint64_t m = options.hnsw_m;
  STRATA_ASSIGN_OR_RETURN(std::vector<Row> && row_of,
                          ReadArray(reader, index_section::kNodeOrder, row_count));
  STRATA_ASSIGN_OR_RETURN(NodeOrder && order, NodeOrder::FromArray(std::move(row_of)));
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, index_section::kGraphBase, row_count * 2 * m * sizeof(Row)));
  AlignedArray<Row> base(static_cast<size_t>(row_count * 2 * m));
  STRATA_RETURN_IF_ERROR(reader.ReadSection(index_section::kGraphBase, std::as_writable_bytes(base.span())));
  STRATA_ASSIGN_OR_RETURN(std::vector<uint32_t> && upper_offset,
                          ReadArray(reader, index_section::kGraphUpperOffset, uint64_t{row_count} + 1));
  STRATA_ASSIGN_OR_RETURN(std::vector<uint32_t> && upper, ReadArray(reader, index_section::kGraphUpper,
                                                                    uint64_t{upper_offset.back()} * (m + 1)));
  STRATA_ASSIGN_OR_RETURN(HnswGraph && graph,
                          HnswGraph::FromArrays(options.hnsw_m, meta.hnsw_entry, std::move(base),
                                                std::move(upper_offset), std::move(upper)));
  return std::make_unique<HnswIndex>(options, std::move(order), std::move(graph), std::move(codes));
}

}  // namespace strata
