#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/lsh_hash_family.h"
#include "index/lsh_tables.h"

namespace strata {

// How unlikely it is that a neighbour has crossed a border which lies `z` standard deviations from the query:
// about 2 ln((1 - Q) / Q), Q being the chance that a normal number exceeds z. Within 2% of it for z up to 5.
constexpr float LshBorderScore(float z) { return z * z + 3.2f * z / (1 + 0.4f * z); }

// The buckets in which a query's neighbours may lie, the likeliest first, over all tables together.
//
// A neighbour at distance r differs from the query on each function's ruler by a normal number of deviation
// r. So the odds that it lies across a border rather than on the query's side are known from the border's
// distance, and those of a bucket are the product over the borders that must be crossed to reach it, one at
// most for each function. A bucket's score is minus twice their logarithm: a sum over borders. The query's
// own buckets have score 0.
//
// Lv, Josephson, Wang, Charikar & Li, "Multi-Probe LSH: efficient indexing for high-dimensional similarity
// search", VLDB 2007, section 4.4: the steps of a table are sorted by their distance; a set of steps leads on
// to two others, by moving its farthest step one on in that order (shift), or by adding the next one
// (expand). Both have no smaller score, so a heap gives all sets in order of score without making those that
// are not asked for. A p-stable slot has borders on both sides: a set that crosses both is no bucket and is
// passed over. Hyperplanes have one border, so there the order is by the bits of smallest margin. Two
// changes:
//   * The paper scores a border by z^2, which is right for far borders only; near ones are a coin's toss
//   whatever
//     z is. With odds a search measures 6% (word2vec-300) to 20% (Fashion-MNIST) fewer rows at the same
//     recall.
//   * One heap serves all tables: where the query lies near many borders, more buckets are probed. The
//   paper's
//     sequence of each table is the part of this one that is in that table.
//
// O(tables * hashes log hashes) to start, O(log n) for the n-th bucket. Not for many threads.
class LshProbes {
 public:
  // Begins a query's sequence from its products with all functions of `family`; `deviation` is how far
  // neighbours usually are, in the space of points.
  void Start(const LshHashFamily& family, const float* products, float deviation);

  // The next bucket; false when every combination of steps was given.
  bool Next(LshBucket* bucket);

  size_t memory_bytes() const {
    return steps_.capacity() * sizeof(Step) + sets_.capacity() * (sizeof(StepSet) + sizeof(uint64_t));
  }

 private:
  // Across one border of one function.
  struct Step {
    float score;
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
  void AddTable(const LshHashFamily& family, uint32_t table, const float* products, float deviation);
  const Step& StepOf(uint32_t table, uint32_t number) const { return steps_[table * step_count_ + number]; }
  uint64_t Store(const StepSet& set);
  void Push(const StepSet& set);
  void ReplaceFirst(uint64_t entry);
  bool CrossesBothBorders(const StepSet& set) const;

  uint32_t step_count_ = 0;  // Of each table.
  bool two_sided_ = false;
  std::vector<Border> nearer_;  // Of the table being added.
  std::vector<Step> steps_;     // (tables, step_count_), each table's by score.
  std::vector<LshBucket> own_;  // The query's own bucket in each table.
  size_t next_own_ = 0;
  std::vector<StepSet> sets_;  // All that were made.
  // Those not given yet: a heap, the lowest first. An entry is the bits of a score, which order as the score
  // since it is not negative, above the set's number, which decides between equals.
  std::vector<uint64_t> heap_;
};

}  // namespace strata
