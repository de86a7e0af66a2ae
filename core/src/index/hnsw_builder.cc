#include "index/hnsw_builder.h"

#include <algorithm>
#include <utility>

#include "index/hnsw_index.h"
#include "index/index_kinds.h"

namespace strata {

HnswIndexBuilder::HnswIndexBuilder(const IndexBuildOptions& options, RowVectors* rows)
    : options_(options), rows_(rows), link_coder_(options.collection.metric, rows) {}

Result<bool> HnswIndexBuilder::StepCodes(const Deadline& deadline) {
  if (!order_builder_) {
    STRATA_ASSIGN_OR_RETURN(const bool coded, link_coder_.Step(deadline));
    if (!coded) return false;
    order_builder_.emplace(link_coder_.codes());
  }
  if (!order_) {
    if (!order_builder_->Step(deadline)) return false;
    order_ = order_builder_->Finish();
    link_coder_.codes().Reorder(order_->row_of());
    nodes_.emplace(order_->row_of(), rows_);
    if (options_.collection.quantization > Quantization::kSq8) {
      STRATA_ASSIGN_OR_RETURN(walk_coder_, MakeRowCoder(options_, &*nodes_));
    }
  }
  return walk_coder_ ? walk_coder_->Step(deadline) : Result<bool>(true);
}

void HnswIndexBuilder::StartGraph() {
  const uint32_t row_count = rows_->row_count();
  std::vector<uint8_t> levels(row_count, HnswGraph::kNoLayer);
  const VectorIndex* const old_index = options_.reuse.index;
  if (old_index != nullptr && old_index->type() == IndexType::kHnsw) {
    const auto& old = static_cast<const HnswIndex&>(*old_index);
    if (old.graph().m() == options_.collection.hnsw_m &&
        old.graph().row_count() == options_.reuse.new_row.size()) {
      for (Row old_node = 0; old_node < old.graph().row_count(); ++old_node) {
        const Row row = options_.reuse.new_row[old.order().RowOf(old_node)];
        new_node_.push_back(row == kNoRow ? kNoRow : order_->NodeOf(row));
      }
      reuse_.emplace(old.graph(), new_node_);
      reuse_->CopyLevels(levels);
    }
  }
  std::vector<bool> carried_over(row_count);
  uint8_t top = 0;
  for (Row node = 0; node < row_count; ++node) {
    carried_over[node] = levels[node] != HnswGraph::kNoLayer;
    if (carried_over[node] || !nodes_->Has(node)) continue;
    levels[node] = RandomLevel(options_.seed, node, options_.collection.hnsw_m);
    top = std::max(top, levels[node]);
  }
  // The highest layers first, each in the order of nodes.
  for (uint32_t level = top + 1; level-- > 0;) {
    for (Row node = 0; node < row_count; ++node) {
      if (levels[node] == level && !carried_over[node]) insert_order_.push_back(node);
    }
  }
  graph_ = HnswGraph(options_.collection.hnsw_m, levels);
  linker_.emplace(options_.collection.hnsw_ef_construction, link_coder_.codes(), &graph_);
}

Result<bool> HnswIndexBuilder::Step(uint64_t micros) {
  const Deadline deadline(options_.env, micros);
  if (!coded_) {
    STRATA_ASSIGN_OR_RETURN(coded_, StepCodes(deadline));
    if (!coded_) return false;
    StartGraph();
  }
  while (reuse_ && next_old_node_ < reuse_->old_row_count()) {
    const Row old_node = next_old_node_++;
    if (reuse_->NewRow(old_node) != kNoRow) reuse_->CopyLinks(old_node, &graph_, &*linker_);
    if (deadline.Passed()) return false;
  }
  while (next_insert_ < insert_order_.size()) {
    linker_->Insert(insert_order_[next_insert_++]);
    if (deadline.Passed()) return false;
  }
  return true;
}

double HnswIndexBuilder::progress() const {
  // About what each takes, in units of inserting a row.
  constexpr double kCoding = 0.02;
  constexpr double kCarryingOver = 0.05;
  const double coding = kCoding * rows_->row_count();
  const double carrying = reuse_ ? kCarryingOver * reuse_->old_row_count() : 0;
  const double inserting = coded_ ? static_cast<double>(insert_order_.size()) : rows_->row_count();
  const double total = coding + carrying + inserting;
  const double done =
      coding * link_coder_.progress() + kCarryingOver * next_old_node_ + static_cast<double>(next_insert_);
  return total > 0 ? std::min(1.0, done / total) : 1;
}

size_t HnswIndexBuilder::memory_bytes() const {
  return link_coder_.memory_bytes() + (walk_coder_ ? walk_coder_->memory_bytes() : 0) +
         graph_.memory_bytes() + insert_order_.capacity() * sizeof(Row) +
         (linker_ ? linker_->memory_bytes() : 0);
}

std::unique_ptr<VectorIndex> HnswIndexBuilder::Finish() {
  std::unique_ptr<RowCodes> codes;
  if (walk_coder_) {
    codes = walk_coder_->Finish();
  } else if (options_.collection.quantization == Quantization::kSq8) {
    codes = link_coder_.Finish();
  }
  return std::make_unique<HnswIndex>(options_.collection, std::move(*order_), std::move(graph_),
                                     std::move(codes));
}

}  // namespace strata
