#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/hnsw_graph.h"
#include "index/hnsw_layer_search.h"
#include "index/node_order.h"
#include "index/ordered_rows.h"
#include "index/vector_index.h"
#include "quant/row_codes.h"

namespace strata {

// An HNSW graph and, with quantization, the codes its walks run on; without, they measure full vectors.
//
// Under a filter the walk stays inside the graph: rows that do not match still lead on but are not kept. Of
// the `ef` rows an unfiltered walk keeps, a share of `ef * matching / rows` would match, so that many
// matching ones are kept, and never fewer than the `count` asked for: a walk through half of the rows costs
// what it costs through all, and from there on about one over the share of matching rows. Where measuring
// every matching row is expected to cost no more than the walk, or once the walk has cost as much (because
// the matching rows lie far from the query), just that is done. So a filtered search costs at most about
// twice the scan of the rows that match, and no kind of filter makes it miss them.
//
// The graph's nodes and the codes are in an order of their own, where near rows are near in memory
// (node_order.h): inside, all is said in nodes; what comes in and goes out, in rows.
//
// One search at a time: the scratch memory of walks is kept between them.
class HnswIndex final : public VectorIndex {
 public:
  // Graph and codes are those of nodes. `codes` may be null: none.
  HnswIndex(const CollectionOptions& options, NodeOrder order, HnswGraph graph,
            std::unique_ptr<RowCodes> codes);

  static Result<std::unique_ptr<VectorIndex>> Load(const CollectionOptions& options, uint32_t row_count,
                                                   SectionReader& reader);

  const NodeOrder& order() const { return order_; }
  const HnswGraph& graph() const { return graph_; }

  IndexType type() const override { return IndexType::kHnsw; }
  uint32_t row_count() const override { return graph_.row_count(); }
  size_t memory_bytes() const override;
  Result<std::vector<Candidate>> Search(std::span<const float> query, const WalkParams& params,
                                        const RowBitmap* allowed, RowVectors& rows,
                                        WalkCounters* counters) override;
  Result<std::vector<Candidate>> Trace(std::span<const float> query, const WalkParams& params,
                                       const RowBitmap* allowed, RowVectors& rows,
                                       std::vector<TraceEvent>* events) override;
  std::vector<uint32_t> LayerRows() const override { return graph_.LayerRows(); }
  GraphLayer Layer(uint32_t layer) const override;
  Codebook Codes() const override;
  Result<void> Save(SectionWriter& writer) const override;

 private:
  // `nodes` are the full vectors in the order of nodes.
  std::unique_ptr<DistanceSource> Source(std::span<const float> query, OrderedRows& nodes) const;
  Result<std::vector<Candidate>> Walk(DistanceSource& source, const WalkParams& params,
                                      const RowBitmap* allowed, const OrderedRows& nodes, Tracker tracker,
                                      WalkCounters& counters);
  // What to walk for; distances_max is 0 where scanning is cheaper from the start.
  WalkGoal GoalOf(const WalkParams& params, const RowBitmap* allowed) const;

  CollectionOptions options_;
  NodeOrder order_;
  HnswGraph graph_;
  std::unique_ptr<RowCodes> codes_;
  WalkScratch scratch_;
};

}  // namespace strata
