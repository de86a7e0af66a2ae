#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/kd_cell_queue.h"
#include "index/kd_partition.h"
#include "index/vector_index.h"

namespace strata {

// Finds out on sample queries how many cells, nearest first, a search has to visit.
//
// Of each query's nearest rows it notes how many cells come no later than theirs. A search that visits p
// cells finds those whose number is at most p, so the recall of every p is known after one pass.
class KdVisitSurvey {
 public:
  // Outlives the survey.
  explicit KdVisitSurvey(const KdPartition* partition) : partition_(partition) {}

  // The rows nearest to `query`, ascending; `position_of` each row in the tree's order.
  void Add(std::span<const float> query, std::span<const Candidate> neighbours,
           std::span<const uint32_t> position_of);

  // Cells for a recall of `recall`: the mean over the queries seen.
  uint32_t VisitsFor(double recall) const;
  // Cells that can hold a row as near as the last of the answers, on average.
  double exact_visits() const { return query_count_ == 0 ? 0 : exact_visits_ / query_count_; }

 private:
  const KdPartition* partition_;
  KdQuery query_;
  KdCellQueue queue_;
  std::vector<uint32_t> missing_;
  std::vector<uint32_t> visits_;  // Of each neighbour of each query.
  double exact_visits_ = 0;
  uint32_t query_count_ = 0;
};

}  // namespace strata
