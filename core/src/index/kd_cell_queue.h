#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "index/kd_partition.h"
#include "index/kd_tree.h"
#include "vector/box_kernels.h"

namespace strata {

// The cells of a kd-tree in ascending order of their box's distance from a query: best-bin-first (Beis &
// Lowe, "Shape indexing using approximate nearest-neighbour search in high-dimensional spaces", CVPR 1997).
// Only nodes on the way to a cell that is asked for are looked at.
//
// O(log cells) a cell, two boxes and a place in the heap for each node opened. Kept between queries so that
// none allocates.
class KdCellQueue {
 public:
  struct Cell {
    uint32_t node;
    float gap;  // Squared, between the query's interval and the box.
  };

  // Both outlive the walk.
  void Start(const KdTree& tree, const KdQuery& query) {
    tree_ = &tree;
    query_ = &query;
    heap_.clear();
    if (!tree.nodes().empty()) heap_.push_back(Measure(0));
  }

  // The next cell, unless its gap is above `gap_max` or there is none: then false. Once a limit was given,
  // what lies beyond it may be forgotten, so the next ones are not to be larger.
  bool Next(double gap_max, Cell* cell) {
    if (heap_.empty()) return false;
    Cell at = Pop();
    while (!(at.gap > gap_max)) {
      const KdNode& node = tree_->nodes()[at.node];
      if (node.is_cell()) {
        *cell = at;
        return true;
      }
      Cell near = Measure(at.node + 1), far = Measure(node.right);
      if (far.gap < near.gap) std::swap(near, far);
      if (!(far.gap > gap_max)) Push(far);
      at = near;
      if (!heap_.empty() && heap_.front().gap < at.gap) {
        Push(at);
        at = Pop();
      }
    }
    heap_.clear();  // The nearest is too far, so all are.
    return false;
  }

  size_t memory_bytes() const { return heap_.capacity() * sizeof(Cell); }

 private:
  // A gap near the end of floats is of no use, nor is it known to be right: such a cell comes first.
  static constexpr float kGapMax = 1e30f;

  static bool Later(const Cell& a, const Cell& b) {
    return a.gap > b.gap || (a.gap == b.gap && a.node > b.node);
  }
  Cell Measure(uint32_t node) const {
    const float gap = SquaredGap(query_->low.data(), query_->high.data(), tree_->box(node), tree_->stride());
    return {.node = node, .gap = gap < kGapMax ? gap : 0};
  }
  void Push(const Cell& cell) {
    heap_.push_back(cell);
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }
  Cell Pop() {
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    const Cell cell = heap_.back();
    heap_.pop_back();
    return cell;
  }

  const KdTree* tree_ = nullptr;
  const KdQuery* query_ = nullptr;
  std::vector<Cell> heap_;
};

}  // namespace strata
