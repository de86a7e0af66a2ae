#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "index/graph_reuse.h"
#include "index/hnsw_graph.h"
#include "index/hnsw_linker.h"
#include "index/node_order.h"
#include "index/ordered_rows.h"
#include "index/vector_index.h"
#include "quant/scalar_codes.h"

namespace strata {

// Builds an HnswIndex: codes the rows by bytes, which they are linked by, orders them by where they lie,
// codes them as the collection wants where that is another way, carries over the links of a graph to start
// from if there is one, and inserts the other rows, those on the highest layers first. So the rows that come
// first are a random sample in any order of rows, and each later one finds its way through finished upper
// layers.
//
// The same rows and seed give the same index, byte for byte, however the work is cut into steps.
class HnswIndexBuilder final : public VectorIndexBuilder {
 public:
  HnswIndexBuilder(const IndexBuildOptions& options, RowVectors* rows);

  Result<bool> Step(uint64_t micros) override;
  double progress() const override;
  size_t memory_bytes() const override;
  std::unique_ptr<VectorIndex> Finish() override;

 private:
  // Codes the rows and decides their order; true when done.
  Result<bool> StepCodes(const Deadline& deadline);
  // Decides every node's layers and in which order nodes are linked.
  void StartGraph();

  IndexBuildOptions options_;
  RowVectors* rows_;
  ScalarCoder link_coder_;
  std::optional<NodeOrderBuilder> order_builder_;
  std::optional<NodeOrder> order_;
  std::optional<OrderedRows> nodes_;
  std::unique_ptr<RowCoder> walk_coder_;  // Null where walks run on the codes that link, or on none.
  bool coded_ = false;
  HnswGraph graph_;
  std::optional<GraphReuse> reuse_;
  std::optional<HnswLinker> linker_;
  std::vector<Row> new_node_;      // Of each old node; kNoRow where the row died.
  Row next_old_node_ = 0;          // Carried over so far: old nodes before this one.
  std::vector<Row> insert_order_;  // Nodes to insert,
  size_t next_insert_ = 0;         // up to this position done.
};

}  // namespace strata
