#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "env/deadline.h"
#include "index/kd_tree.h"

namespace strata {

// Builds a KdTree from the coordinates of rows, depth first, in bounded steps. The same coordinates give the
// same tree however the work is cut.
//
// The axis of largest variance is found on at most 256 of a node's rows, drawn evenly. O(n log n) in all; the
// longest step is the split of all rows. Memory: the coordinates and the tree.
class KdTreeBuilder {
 public:
  KdTreeBuilder() = default;
  // rows[i] has the coordinates at coordinates[i * stride], `stride` floats, zeros from axis_count on.
  KdTreeBuilder(uint32_t axis_count, uint32_t stride, uint32_t cell_rows_max, std::vector<Row> rows,
                std::vector<float> coordinates);

  // True when done.
  bool Step(const Deadline& deadline);
  double progress() const;
  size_t memory_bytes() const;
  // Once. `coordinates`, if asked for, are the rows' in the order of the tree's rows().
  KdTree Finish(std::vector<float>* coordinates = nullptr);

 private:
  struct Part {
    uint32_t first, count;
    uint32_t parent;  // The root's own is itself.
  };

  void Split(const Part& part);
  uint32_t AxisOfLargestVariance(const Part& part) const;
  const float* At(uint32_t position) const { return &coordinates_[size_t{order_[position]} * stride_]; }
  std::vector<float> Boxes() const;

  uint32_t axis_count_ = 0;
  uint32_t stride_ = 0;
  uint32_t cell_rows_max_ = 1;
  std::vector<Row> rows_;
  std::vector<float> coordinates_;
  std::vector<uint32_t> order_;  // Positions in rows_, cell by cell.
  std::vector<Part> open_;
  std::vector<KdNode> nodes_;
  uint32_t cell_count_ = 0;
  uint32_t done_rows_ = 0;
};

}  // namespace strata
