#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/kd_cell_queue.h"
#include "index/kd_lsh_cells.h"
#include "index/kd_lsh_index.h"
#include "index/kd_partition.h"

namespace strata {

// Finds out on sample queries how many cells to score and how many buckets to probe.
//
// For each of a growing series of counts of cells it notes, of each query's nearest rows, how many rows in so
// many cells score no worse: a search that probes that many finds it. So every count of cells has its count
// of probes for a wanted recall, and the plan is the cheapest pair.
class KdLshSurvey {
 public:
  // Both outlive the survey.
  KdLshSurvey(const KdPartition* partition, const KdLshCells* cells);

  // The rows nearest to `query`; `position_of` each row in the tree's order. O(rows).
  void Add(std::span<const float> query, std::span<const Candidate> neighbours,
           std::span<const uint32_t> position_of);

  // For a mean recall of `recall` over the queries seen.
  KdLshPlan PlanFor(double recall) const;

 private:
  struct Scored {
    float score;
    uint32_t visit;  // The cell's number in order of distance.
  };

  const KdPartition* partition_;
  const KdLshCells* cells_;
  std::vector<uint32_t> cell_counts_;         // The series.
  std::vector<std::vector<uint32_t>> ranks_;  // Of each of the series: of all neighbours.
  // Scratch.
  KdQuery query_;
  KdCellQueue queue_;
  std::vector<float> coordinates_;
  std::vector<float> products_;
  KdLshTables tables_;
  std::vector<uint16_t> sums_;
  std::vector<Scored> scored_;  // By position.
};

}  // namespace strata
