#include "index/kd_tree_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "bytes/append.h"

namespace strata {

KdTreeBuilder::KdTreeBuilder(uint32_t axis_count, uint32_t stride, uint32_t cell_rows_max,
                             std::vector<Row> rows, std::vector<float> coordinates)
    : axis_count_(axis_count),
      stride_(stride),
      cell_rows_max_(std::max(cell_rows_max, 1u)),
      rows_(std::move(rows)),
      coordinates_(std::move(coordinates)),
      order_(rows_.size()) {
  std::iota(order_.begin(), order_.end(), 0u);
  if (!rows_.empty())
    open_.push_back({.first = 0, .count = static_cast<uint32_t>(rows_.size()), .parent = 0});
}

bool KdTreeBuilder::Step(const Deadline& deadline) {
  while (!open_.empty()) {
    const Part part = open_.back();
    open_.pop_back();
    Split(part);
    if (deadline.Passed()) break;
  }
  return open_.empty();
}

double KdTreeBuilder::progress() const {
  return rows_.empty() ? 1 : static_cast<double>(done_rows_) / static_cast<double>(rows_.size());
}

size_t KdTreeBuilder::memory_bytes() const {
  return coordinates_.size() * sizeof(float) + (rows_.size() + order_.size()) * sizeof(Row) +
         nodes_.size() * sizeof(KdNode);
}

void KdTreeBuilder::Split(const Part& part) {
  const auto number = static_cast<uint32_t>(nodes_.size());
  if (number > part.parent + 1) nodes_[part.parent].right = number;
  nodes_.push_back({.first = part.first, .count = part.count});
  if (part.count <= cell_rows_max_) {
    nodes_.back().axis = cell_count_++;
    done_rows_ += part.count;
    return;
  }
  const uint32_t axis = AxisOfLargestVariance(part);
  const uint32_t left_count = part.count / 2;
  const auto begin = order_.begin() + part.first;
  std::nth_element(begin, begin + left_count, begin + part.count, [&](uint32_t a, uint32_t b) {
    const float x = coordinates_[size_t{a} * stride_ + axis], y = coordinates_[size_t{b} * stride_ + axis];
    return x < y || (x == y && a < b);
  });
  nodes_.back().axis = axis;
  nodes_.back().value = At(part.first + left_count)[axis];
  open_.push_back({.first = part.first + left_count, .count = part.count - left_count, .parent = number});
  open_.push_back({.first = part.first, .count = left_count, .parent = number});
}

uint32_t KdTreeBuilder::AxisOfLargestVariance(const Part& part) const {
  constexpr uint32_t kSampleRows = 256;
  const uint32_t sample_count = std::min(part.count, kSampleRows);
  std::vector<double> sum(axis_count_), squares(axis_count_);
  const float* const origin = At(part.first);
  for (uint32_t i = 0; i < sample_count; ++i) {
    const float* const point =
        At(part.first + static_cast<uint32_t>(uint64_t{part.count} * i / sample_count));
    for (uint32_t axis = 0; axis < axis_count_; ++axis) {
      const double x = double{point[axis]} - origin[axis];
      sum[axis] += x;
      squares[axis] += x * x;
    }
  }
  uint32_t best = 0;
  double variance_max = -1;
  for (uint32_t axis = 0; axis < axis_count_; ++axis) {
    const double variance = squares[axis] - sum[axis] * sum[axis] / sample_count;
    if (variance > variance_max) {
      variance_max = variance;
      best = axis;
    }
  }
  return best;
}

// Those of cells from their rows, then those of the others from their children, which come later in
// pre-order.
std::vector<float> KdTreeBuilder::Boxes() const {
  std::vector<float> boxes(nodes_.size() * 2 * stride_);
  for (size_t number = nodes_.size(); number-- > 0;) {
    const KdNode& node = nodes_[number];
    float* const low = &boxes[number * 2 * stride_];
    float* const high = low + stride_;
    const auto include = [&](const float* other_low, const float* other_high) {
      for (uint32_t i = 0; i < stride_; ++i) {
        low[i] = std::min(low[i], other_low[i]);
        high[i] = std::max(high[i], other_high[i]);
      }
    };
    if (node.is_cell()) {
      std::copy_n(At(node.first), stride_, low);
      std::copy_n(low, stride_, high);
      for (uint32_t i = 1; i < node.count; ++i) include(At(node.first + i), At(node.first + i));
    } else {
      const float* const left = &boxes[(number + 1) * 2 * stride_];
      const float* const right = &boxes[size_t{node.right} * 2 * stride_];
      std::copy_n(left, 2 * stride_, low);
      include(right, right + stride_);
    }
  }
  return boxes;
}

KdTree KdTreeBuilder::Finish(std::vector<float>* coordinates) {
  std::vector<float> boxes = Boxes();
  if (coordinates != nullptr) {
    coordinates->clear();
    coordinates->reserve(coordinates_.size());
    for (uint32_t i = 0; i < order_.size(); ++i) AppendAll(std::span(At(i), stride_), coordinates);
  }
  coordinates_ = {};
  for (uint32_t& position : order_) position = rows_[position];
  return KdTree(axis_count_, stride_, std::move(nodes_), std::move(boxes), std::move(order_));
}

}  // namespace strata
