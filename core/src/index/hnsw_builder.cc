#include "index/hnsw_builder.h"

#include <algorithm>
#include <utility>

#include "index/hnsw_index.h"

namespace strata {

HnswIndexBuilder::HnswIndexBuilder(const IndexBuildOptions& options, RowVectors* rows,
                                   std::unique_ptr<RowCoder> coder)
    : options_(options),
      rows_(rows),
      link_coder_(options.collection.metric, rows),
      walk_coder_(std::move(coder)) {
  const VectorIndex* const old_index = options_.reuse.index;
  if (old_index == nullptr || old_index->type() != IndexType::kHnsw) return;
  const HnswGraph& old_graph = static_cast<const HnswIndex*>(old_index)->graph();
  if (old_graph.m() == options_.collection.hnsw_m && old_graph.row_count() == options_.reuse.new_row.size()) {
    reuse_.emplace(old_graph, options_.reuse.new_row);
  }
}

void HnswIndexBuilder::StartGraph() {
  const uint32_t row_count = rows_->row_count();
  std::vector<uint8_t> levels(row_count, HnswGraph::kNoLayer);
  if (reuse_) reuse_->CopyLevels(levels);
  std::vector<bool> carried_over(row_count);
  uint8_t top = 0;
  for (Row row = 0; row < row_count; ++row) {
    carried_over[row] = levels[row] != HnswGraph::kNoLayer;
    if (carried_over[row] || !rows_->Has(row)) continue;
    levels[row] = RandomLevel(options_.seed, row, options_.collection.hnsw_m);
    top = std::max(top, levels[row]);
  }
  // The highest layers first, each in the order of rows.
  for (uint32_t level = top + 1; level-- > 0;) {
    for (Row row = 0; row < row_count; ++row) {
      if (levels[row] == level && !carried_over[row]) insert_order_.push_back(row);
    }
  }
  graph_ = HnswGraph(options_.collection.hnsw_m, levels);
  linker_.emplace(options_.collection.hnsw_ef_construction, link_coder_.codes(), &graph_);
}

Result<bool> HnswIndexBuilder::Step(uint64_t micros) {
  const Deadline deadline(options_.env, micros);
  if (!coded_) {
    STRATA_ASSIGN_OR_RETURN(const bool link_coded, link_coder_.Step(deadline));
    if (!link_coded) return false;
    if (walk_coder_) {
      STRATA_ASSIGN_OR_RETURN(const bool walk_coded, walk_coder_->Step(deadline));
      if (!walk_coded) return false;
    }
    coded_ = true;
    StartGraph();
  }
  while (reuse_ && next_old_row_ < reuse_->old_row_count()) {
    const Row old_row = next_old_row_++;
    if (reuse_->NewRow(old_row) != kNoRow) reuse_->CopyLinks(old_row, &graph_, &*linker_);
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
      coding * link_coder_.progress() + kCarryingOver * next_old_row_ + static_cast<double>(next_insert_);
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
  return std::make_unique<HnswIndex>(options_.collection, std::move(graph_), std::move(codes));
}

}  // namespace strata
