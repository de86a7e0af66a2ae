#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "index/kd_partition_builder.h"
#include "index/kd_rows.h"
#include "index/kd_tree_index.h"
#include "index/neighbour_sample.h"

namespace strata {

// Builds a KdTreeIndex: cuts space into cells, copies or codes the rows in their order, and finds out how
// many cells a search has to visit.
//
// Where unbounded searches measure at most an eighth of the rows, they are the default. Elsewhere the default
// is what brings the recall of sample queries to the collection's target.
class KdTreeIndexBuilder final : public VectorIndexBuilder {
 public:
  KdTreeIndexBuilder(const IndexBuildOptions& options, RowVectors* rows);

  Result<bool> Step(uint64_t micros) override;
  double progress() const override;
  size_t memory_bytes() const override;
  std::unique_ptr<VectorIndex> Finish() override;

 private:
  Result<void> StartHolding();
  Result<bool> Hold(const Deadline& deadline);
  void ChooseProbes();

  IndexBuildOptions options_;
  RowVectors* rows_;
  KdPartitionBuilder partition_;
  bool partitioned_ = false;
  KdTreeIndex::Parts parts_;
  std::optional<OrderedRows> ordered_;
  std::unique_ptr<RowCoder> coder_;
  bool held_ = false;
  std::unique_ptr<KdTreeIndex> index_;
  NeighbourSample sample_;
};

}  // namespace strata
