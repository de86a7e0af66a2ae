#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bytes/row_bitmap.h"
#include "env/deadline.h"
#include "quant/scalar_codes.h"
#include "strata/result.h"

namespace strata {

// The order in which an index keeps the rows of its segment: the places of its nodes. Rows that are near each
// other lie near each other in memory, where the segment's order is that of ids. A permutation, both ways.
//
// Memory: 8 bytes a row.
class NodeOrder {
 public:
  NodeOrder() = default;
  explicit NodeOrder(std::vector<Row> row_of);
  // kCorruption if `row_of` is no permutation.
  static Result<NodeOrder> FromArray(std::vector<Row> row_of);

  uint32_t row_count() const { return static_cast<uint32_t>(row_of_.size()); }
  size_t memory_bytes() const { return (row_of_.size() + node_of_.size()) * sizeof(Row); }
  Row RowOf(Row node) const { return row_of_[node]; }
  Row NodeOf(Row row) const { return node_of_[row]; }
  std::span<const Row> row_of() const { return row_of_; }

 private:
  std::vector<Row> row_of_;
  std::vector<Row> node_of_;
};

// Orders rows by where they lie, in bounded steps: halves them at the median of the component in which they
// differ most, and the halves in turn, until a part is a few cache lines. So it is the order of a k-d tree's
// leaves (Bentley, "Multidimensional binary search trees used for associative searching", CACM 18(9), 1975),
// over the components of codes, of which only the few that vary most are looked at.
//
// O(n log n). Memory: 16 bytes a row meanwhile. The same codes give the same order.
class NodeOrderBuilder {
 public:
  explicit NodeOrderBuilder(const ScalarCodes& codes);

  // Works until the deadline, at least a little; true when done.
  bool Step(const Deadline& deadline);
  NodeOrder Finish() { return NodeOrder(std::move(row_of_)); }

 private:
  static constexpr size_t kComponents = 12;  // With the row, a record of 16 bytes.
  static constexpr size_t kPartMin = 32;

  struct Point {
    uint8_t component[kComponents];
    Row row;
  };
  struct Part {
    size_t begin;
    size_t end;
  };

  // The component in which the points of a part vary most.
  size_t WidestComponent(Part part) const;
  // Moves the points of the lower half before the others, and returns where the upper half begins.
  size_t Halve(Part part, size_t component);

  std::vector<Point> points_;
  std::vector<Part> parts_;  // Still to be halved.
  std::vector<Row> row_of_;
};

}  // namespace strata
