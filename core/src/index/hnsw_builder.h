#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "index/graph_reuse.h"
#include "index/hnsw_graph.h"
#include "index/hnsw_linker.h"
#include "index/vector_index.h"
#include "quant/scalar_codes.h"

namespace strata {

// Builds an HnswIndex: codes the rows (by bytes, which rows are linked by, and as the collection wants where
// that is another way), carries over the links of a graph to start from if there is one, and inserts the
// other rows, those on the highest layers first. So the rows that come first are a random sample
// in any order of rows, and each later one finds its way through finished upper layers.
//
// The same rows and seed give the same index, byte for byte, however the work is cut into steps.
class HnswIndexBuilder final : public VectorIndexBuilder {
 public:
  // `coder` makes the codes to walk on where these are not the scalar ones; it may be null.
  HnswIndexBuilder(const IndexBuildOptions& options, RowVectors* rows, std::unique_ptr<RowCoder> coder);

  Result<bool> Step(uint64_t micros) override;
  double progress() const override;
  size_t memory_bytes() const override;
  std::unique_ptr<VectorIndex> Finish() override;

 private:
  // Decides every row's layers and in which order rows are linked.
  void StartGraph();

  IndexBuildOptions options_;
  RowVectors* rows_;
  ScalarCoder link_coder_;
  std::unique_ptr<RowCoder> walk_coder_;
  bool coded_ = false;
  HnswGraph graph_;
  std::optional<GraphReuse> reuse_;
  std::optional<HnswLinker> linker_;
  Row next_old_row_ = 0;           // Carried over so far: old rows before this one.
  std::vector<Row> insert_order_;  // Rows to insert,
  size_t next_insert_ = 0;         // up to this position done.
};

}  // namespace strata
