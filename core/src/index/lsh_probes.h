#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/lsh_hash_family.h"

namespace strata {

// The buckets in which a query's neighbours may lie, the likeliest first, over all tables together.
//
// A neighbour at distance r differs from the query on each function's ruler by a normal number of deviation
// r, so it has crossed the border at distance x with a chance that falls like exp(-x^2 / 2r^2). A bucket is
// reached by stepping over some borders, one at most for each function; its score is the sum of their squared
// distances, in units of the point space. The query's own buckets have score 0.
//
// Lv, Josephson, Wang, Charikar & Li, "Multi-Probe LSH: efficient indexing for high-dimensional similarity
// search", VLDB 2007, section 4.4: the steps of a table are sorted by their distance; a set of steps leads on
// to two others, by moving its farthest step one on in that order (shift), or by adding the next one
// (expand). Both have no smaller score, so a heap gives all sets in order of score without making those that
// are not asked for. A p-stable slot has borders on both sides: a set that crosses both is no bucket and is
// passed over. Hyperplanes have one border, so there the order is by the bits of smallest margin.
//
// One heap serves all tables: where the query lies near many borders, more buckets are probed. The paper's
// sequence of each table is the part of this one that is in that table.
//
// O(tables * hashes log hashes) to start, O(log n) for the n-th bucket. Not for many threads.
class LshProbes {
 public:
  struct Bucket {
    float score = 0;
    uint32_t table = 0;
    uint32_t key = 0;
  };

  // Begins a query's sequence from its products with all functions of `family`.
  void Start(const LshHashFamily& family, const float* products);

  // The next bucket; false when every combination of steps was given.
  bool Next(Bucket* bucket);

  size_t memory_bytes() const {
    return steps_.capacity() * sizeof(Step) + heap_.capacity() * sizeof(StepSet);
  }

 private:
  // Across one border of one function.
  struct Step {
    float score;   // Squared distance to the border.
    uint32_t key;  // What it adds to the key.
  };
  // The border of a function's slot that the query is nearer to.
  struct Border {
    float distance;
    uint32_t function;
    uint32_t key;  // What crossing it adds to the key.
  };
  // Some steps of one table.
  struct StepSet {
    float score;
    float score_before_last;  // Of all steps but the last.
    uint32_t table;
    uint32_t key;
    uint32_t last;   // The step of highest number,
    uint64_t steps;  // and all of them, one bit each.
  };
  static bool IsLater(const StepSet& a, const StepSet& b);

  void AddTable(const LshHashFamily& family, uint32_t table, const float* products);
  const Step& StepOf(uint32_t table, uint32_t number) const { return steps_[table * step_count_ + number]; }
  void Push(const StepSet& set);
  bool CrossesBothBorders(const StepSet& set) const;

  uint32_t step_count_ = 0;  // Of each table.
  bool two_sided_ = false;
  std::vector<Border> nearer_;  // Of the table being added.
  std::vector<Step> steps_;     // (tables, step_count_), each table's by score.
  std::vector<Bucket> own_;     // The query's own bucket in each table.
  size_t next_own_ = 0;
  std::vector<StepSet> heap_;  // What the sets given so far lead to.
};

}  // namespace strata
