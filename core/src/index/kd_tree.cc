#include "index/kd_tree.h"

#include <cmath>
#include <utility>

namespace strata {
namespace {

Failure Broken(const char* what, uint64_t number) {
  return Fail(ErrorCode::kCorruption, {"kd-tree: ", what, " ", number, " is impossible"});
}

}  // namespace

KdTree::KdTree(uint32_t axis_count, uint32_t stride, std::vector<KdNode> nodes, std::vector<float> boxes,
               std::vector<Row> rows)
    : axis_count_(axis_count),
      stride_(stride),
      nodes_(std::move(nodes)),
      boxes_(std::move(boxes)),
      rows_(std::move(rows)) {}

Result<void> KdTree::CheckInvariants(uint32_t row_count) const {
  RowBitmap seen(row_count);
  for (const Row row : rows_) {
    if (row >= row_count || seen.Test(row)) return Broken("row", row);
    seen.Set(row);
  }
  if (boxes_.size() != nodes_.size() * 2 * stride_) return Broken("the count of box ends", boxes_.size());
  STRATA_RETURN_IF_ERROR(CheckNodes());
  return CheckBoxes();
}

// Walks the tree as a search would, comparing each node with what its parent leaves it.
Result<void> KdTree::CheckNodes() const {
  if (nodes_.empty())
    return rows_.empty() ? Result<void>() : Broken("a tree without nodes, rows", rows_.size());
  struct Expected {
    uint32_t node, first, count, depth;
  };
  std::vector<Expected> open = {{0, 0, static_cast<uint32_t>(rows_.size()), 0}};
  uint32_t next = 0, cell = 0;
  while (!open.empty()) {
    const auto [number, first, count, depth] = open.back();
    open.pop_back();
    if (number != next || number >= nodes_.size() || depth > kDepthMax) return Broken("node", number);
    const KdNode& node = nodes_[next++];
    if (node.first != first || node.count != count || count == 0) return Broken("node", number);
    if (node.is_cell()) {
      if (node.axis != cell++) return Broken("the number of node", number);
      continue;
    }
    if (node.axis >= axis_count_ || !std::isfinite(node.value)) return Broken("the split of node", number);
    // Rows of the children follow from the nodes, which are compared when their turn comes.
    const uint32_t left = number + 1;
    if (node.right <= left || node.right >= nodes_.size()) return Broken("a child of node", number);
    const uint32_t left_count = nodes_[left].count;
    if (left_count >= count) return Broken("a child of node", number);
    open.push_back({node.right, first + left_count, count - left_count, depth + 1});
    open.push_back({left, first, left_count, depth + 1});
  }
  return next == nodes_.size() ? Result<void>() : Broken("node", next);
}

Result<void> KdTree::CheckBoxes() const {
  const auto within = [this](uint32_t child, uint32_t parent) {
    for (size_t i = 0; i < stride_; ++i) {
      if (box(child)[i] < box(parent)[i] || box(child)[stride_ + i] > box(parent)[stride_ + i]) return false;
    }
    return true;
  };
  for (uint32_t number = 0; number < nodes_.size(); ++number) {
    for (size_t i = 0; i < stride_; ++i) {
      const float low = box(number)[i], high = box(number)[stride_ + i];
      if (!std::isfinite(low) || !std::isfinite(high) || low > high) return Broken("the box of node", number);
      if (i >= axis_count_ && (low != 0 || high != 0)) return Broken("the box of node", number);
    }
    const KdNode& node = nodes_[number];
    if (node.is_cell()) continue;
    if (!within(number + 1, number) || !within(node.right, number)) return Broken("a box under node", number);
  }
  return {};
}

}  // namespace strata
