#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "env/deadline.h"
#include "index/nearest.h"
#include "index/vector_index.h"
#include "vector/row_vectors.h"

namespace strata {

// Some rows as queries, drawn evenly, with their exact nearest among all other rows: what an index measures
// its parameters on. One pass over all rows; O(queries * rows) distances.
class NeighbourSample {
 public:
  // `rows` must outlive this object.
  NeighbourSample(Metric metric, RowVectors* rows, uint32_t query_count_max, uint32_t neighbour_count_max);

  // Works until the deadline, at least a little; true when done.
  Result<bool> Step(const Deadline& deadline);
  double progress() const;  // In [0, 1].
  size_t memory_bytes() const;

  // Once Step() said true:
  size_t query_count() const { return query_rows_.size(); }
  std::span<const float> Query(size_t i) const;
  // Ascending, at most neighbour_count_max.
  std::span<const Candidate> Neighbours(size_t i) const { return neighbours_[i]; }
  // The rows that have a vector, ascending, and the length of the longest.
  const std::vector<Row>& rows() const { return present_; }
  float longest() const { return longest_; }

 private:
  Result<void> DrawQueries();

  Metric metric_;
  RowVectors* rows_;
  uint32_t query_count_max_;
  uint32_t neighbour_count_max_;
  bool drawn_ = false;
  Row next_ = 0;  // Measured so far: rows before this one.
  std::vector<Row> query_rows_;
  std::vector<float> queries_;                      // (query_count, dimension)
  std::vector<Nearest<Candidate>> nearest_;         // Of each query, while measuring;
  std::vector<std::vector<Candidate>> neighbours_;  // sorted, when done.
  std::vector<Row> present_;
  float longest_ = 0;
};

}  // namespace strata
