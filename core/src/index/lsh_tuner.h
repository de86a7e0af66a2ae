#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "index/lsh_hash_family.h"

namespace strata {

// What is chosen for an LSH index, besides its seed.
struct LshPlan {
  uint32_t table_count = 1;
  uint32_t hash_count = 1;
  float width = 1;      // Of p-stable slots.
  float deviation = 1;  // How far the count-th neighbour usually is, in the space of points.
  // A search ends once buckets score more than this times (r / deviation)^2, r being how far the farthest row
  // is that it keeps: the farther the neighbours, the more borders they may have crossed.
  float reach = 0;
  float rows = 0;  // What a search is expected to cost, in rows measured.

  friend bool operator==(const LshPlan&, const LshPlan&) = default;
};

// Chooses tables, hashes, width and reach for a wanted recall, from queries whose exact neighbours are known.
//
// Whether a search finds a neighbour, and whether it measures a row in vain, follows from slots alone: a row
// is found once the reach is as large as the smallest score of its bucket in any table. So no table is built
// to try one: for each choice of tables, hashes and width, the scores of all neighbours give the reach that
// finds the wanted share of them, the scores of a sample of all rows how many rows are measured within it,
// and the borders of some queries how many buckets are probed. The cost is their sum, with what hashing the
// query costs.
//
// Of two choices, the one with twice the tables must save a tenth to be worth its memory.
//
// Works in steps of some milliseconds: the scores of one query's rows for every number of tables and hashes.
class LshTuner {
 public:
  static constexpr uint32_t kTableCountMax = 32;  // Chosen at most; more can be asked for.
  static constexpr uint32_t kHashCountMax = 20;

  struct Goal {
    double recall = 0.95;      // Share of the neighbours to find.
    uint32_t row_count = 0;    // Of the index.
    size_t row_bytes = 0;      // That measuring a row reads: its code, or its vector.
    uint32_t table_count = 0;  // 0: to be chosen.
    uint32_t hash_count = 0;   // 0: to be chosen.
  };
  // A query and its neighbours, as products with all functions of the family.
  struct Query {
    std::vector<float> products;
    std::vector<float> neighbours;  // (neighbour_count, function_count), those that are to be found.
    float distance = 0;             // Of the farthest row that the search will keep, in the space of points.
  };

  // The family has as many tables and hashes as may be chosen (FamilyShape()); `sample` (n, function_count)
  // are the products of some rows.
  LshTuner(LshHashFamily family, const Goal& goal, std::vector<Query> queries, std::vector<float> sample);

  // The tables and hashes to draw for a goal.
  static LshHashFamily::Shape FamilyShape(Metric metric, uint32_t dimension, const Goal& goal);

  // True when done.
  bool Step();
  double progress() const;  // In [0, 1].
  size_t memory_bytes() const;

  // Once Step() said true. Without any query, a plan that finds every row.
  const LshPlan& plan() const { return best_; }
  const LshHashFamily& family() const { return family_; }

 private:
  // Numbers of tables, each with every number of hashes: choice c has tables table_counts_[c / hash_count]
  // and hashes c % hash_count + 1.
  size_t hash_count() const { return family_.shape().hash_count; }
  size_t choice_count() const { return table_counts_.size() * hash_count(); }

  // Lowers lowest[c] to the score within which each choice c finds the row, in units of the query's
  // deviation; scores above `limit` need not be right.
  void Score(const Query& query, const float* row, float limit, std::vector<float>* lowest) const;
  void StartWidth();
  void FindReaches();
  void CountRows(const Query& query);
  void Compare(size_t choice);
  double Nanoseconds(double rows, double probes, uint32_t functions) const;
  double CountProbes(uint32_t table_count, uint32_t hash_count, float reach) const;
  float Deviation(const Query& query) const;  // (r / deviation)^2.

  LshHashFamily family_;
  Goal goal_;
  std::vector<Query> queries_;
  std::vector<float> sample_;
  std::vector<uint32_t> table_counts_;  // Ascending.
  std::vector<float> widths_;
  size_t next_width_ = 0;
  size_t next_query_ = 0;        // Of this width, whose rows are counted next;
  size_t next_choice_ = 0;       // then the choice to look at next.
  std::vector<float> scores_;    // Of one row, for each choice.
  std::vector<float> reaches_;   // For each choice; infinite where none is enough.
  std::vector<uint64_t> found_;  // For each choice: pairs of a query and a row of the sample within reach.
  float deviation_ = 1;
  double best_weighed_ = std::numeric_limits<double>::max();  // Its cost, and that of its memory.
  LshPlan best_;
};

}  // namespace strata
