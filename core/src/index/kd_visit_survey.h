#pragma once

#include <cstdint>
#include <vector>

#include "index/kd_cell_queue.h"
#include "index/kd_partition.h"
#include "quant/distance_source.h"

namespace strata {

// Finds out on sample queries how many cells, nearest first, a search has to visit.
//
// Of each query's kSurveyK nearest rows, measured as a search measures them, it notes how many cells come no
// later than theirs. A search that visits p cells finds those whose number is at most p, so the recall of
// every p is known after one pass. Queries are rows themselves, which are left out of their own answers.
class KdVisitSurvey {
 public:
  static constexpr uint32_t kSurveyK = 10;
  static constexpr uint32_t kQueryCount = 100;

  // Outlives the survey.
  explicit KdVisitSurvey(const KdPartition* partition) : partition_(partition) {}

  // `source` measures by position in the tree's order; the query is the row at `own_position`.
  bool Add(std::span<const float> query, uint32_t own_position, DistanceSource& source);

  // Cells for a recall of `recall`: the mean over the queries seen.
  uint32_t VisitsFor(double recall) const;
  // Cells that can hold a row as near as the last of the answers, on average.
  double exact_visits() const { return query_count_ == 0 ? 0 : exact_visits_ / query_count_; }

 private:
  const KdPartition* partition_;
  KdQuery query_;
  KdCellQueue queue_;
  std::vector<float> distances_;
  std::vector<uint32_t> visits_;  // Of each neighbour of each query.
  double exact_visits_ = 0;
  uint32_t query_count_ = 0;
};

}  // namespace strata
