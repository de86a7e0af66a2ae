#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bytes/row_bitmap.h"
#include "strata/result.h"

namespace strata {

// A node halves its rows at a value of one coordinate, or is a cell: a leaf.
struct KdNode {
  uint32_t right = 0;  // The child with the larger coordinates; the other one follows its parent. 0: a cell.
  uint32_t axis = 0;   // Of a cell: its number, counted from the left.
  float value = 0;     // The smallest coordinate on the right.
  uint32_t first = 0;  // Its rows are rows()[first], rows()[first + 1], ...
  uint32_t count = 0;

  bool is_cell() const { return right == 0; }
  friend bool operator==(const KdNode&, const KdNode&) = default;
};

// A k-d tree over rows that have coordinates: which rows lie together, and in what box. Where coordinates
// come from is KdProjection's matter, visiting cells in order KdCellQueue's, building KdTreeBuilder's.
//
// Each node splits its rows at the median of the axis along which they vary most, so cells hold nearly
// equally many rows and the depth is log2(rows / cell rows). Bentley, "Multidimensional binary search trees
// used for associative searching", CACM 18(9), 1975; Friedman, Bentley & Finkel, "An algorithm for finding
// best matches in logarithmic expected time", ACM TOMS 3(3), 1977. Unlike there, a node keeps the bounding
// box of its rows, on all axes: in clustered data most of a half-space is empty, and the box's distance
// tells.
//
// Invariants (CheckInvariants() verifies them; the tests call it, and Load() does):
//   1. Nodes are in pre-order; a node's rows are those of its left child, then those of its right one.
//   2. Every row of the tree is in exactly one cell; no cell is empty unless the whole tree is.
//   3. A box lies within that of the parent.
//
// Memory: 4 bytes a row and 20 + 8 * axes a node, of which there are two for every cell. Immutable.
class KdTree {
 public:
  static constexpr uint32_t kDepthMax = 64;

  KdTree() = default;
  KdTree(uint32_t axis_count, uint32_t stride, std::vector<KdNode> nodes, std::vector<float> boxes,
         std::vector<Row> rows);

  // kCorruption unless the parts are those of a tree over some of the rows before `row_count`.
  Result<void> CheckInvariants(uint32_t row_count) const;

  uint32_t stride() const { return stride_; }
  // Pre-order; empty when no row has a vector.
  std::span<const KdNode> nodes() const { return nodes_; }
  uint32_t cell_count() const { return static_cast<uint32_t>((nodes_.size() + 1) / 2); }
  // The box of a node's rows: `stride` lower, then `stride` upper ends.
  const float* box(uint32_t node) const { return &boxes_[size_t{node} * 2 * stride_]; }
  std::span<const float> boxes() const { return boxes_; }
  // Cell by cell.
  std::span<const Row> rows() const { return rows_; }
  std::span<const Row> rows(const KdNode& node) const { return rows().subspan(node.first, node.count); }
  size_t memory_bytes() const {
    return nodes_.size() * sizeof(KdNode) + boxes_.size() * sizeof(float) + rows_.size() * sizeof(Row);
  }

 private:
  Result<void> CheckNodes() const;
  Result<void> CheckBoxes() const;

  uint32_t axis_count_ = 0;
  uint32_t stride_ = 0;
  std::vector<KdNode> nodes_;
  std::vector<float> boxes_;
  std::vector<Row> rows_;
};

}  // namespace strata
